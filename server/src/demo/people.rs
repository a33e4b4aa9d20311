//! Who works in the demonstration: a fictitious province, its bodies and people.
use app::dto::identity::Role;

/// Password of every demonstration account and PIN of every demonstration key; a production server refuses both.
pub const PASSWORD: &str = "trinh-dien-kyhop";
pub const PIN: &str = "246810";

pub struct Body {
    pub code: &'static str,
    pub name: &'static str,
    pub abbreviation: &'static str,
}

const fn body(code: &'static str, name: &'static str, abbreviation: &'static str) -> Body {
    Body { code, name, abbreviation }
}

/// The first two run as servers, the others are in the directory only.
pub const BODIES: [Body; 12] = [
    body("H99", "Ủy ban nhân dân tỉnh Minh An", "UBND"),
    body("H99.5", "Sở Nội vụ tỉnh Minh An", "SNV"),
    body("H99.2", "Văn phòng Ủy ban nhân dân tỉnh Minh An", "VP"),
    body("H99.3", "Sở Tài chính tỉnh Minh An", "STC"),
    body("H99.4", "Sở Xây dựng tỉnh Minh An", "SXD"),
    body("H99.6", "Sở Y tế tỉnh Minh An", "SYT"),
    body("H99.7", "Sở Giáo dục và Đào tạo tỉnh Minh An", "SGDĐT"),
    body("H99.8", "Sở Nông nghiệp và Môi trường tỉnh Minh An", "SNNMT"),
    body("H99.9", "Sở Khoa học và Công nghệ tỉnh Minh An", "SKHCN"),
    body("H99.20", "Ủy ban nhân dân phường Minh Tân", "UBND"),
    body("H99.21", "Ủy ban nhân dân xã An Bình", "UBND"),
    body("H99.22", "Ủy ban nhân dân xã Sơn Lâm", "UBND"),
];

pub struct Person<'a> {
    pub username: &'a str,
    pub full_name: &'a str,
    pub position: &'a str,
    pub unit: &'a str,
    pub roles: &'a [Role],
    /// Number of the picture of the handwritten signature, for those who sign.
    pub signature: Option<u8>,
}

const fn person(
    username: &'static str,
    full_name: &'static str,
    position: &'static str,
    unit: &'static str,
    roles: &'static [Role],
    signature: Option<u8>,
) -> Person<'static> {
    Person {
        username,
        full_name,
        position,
        unit,
        roles,
        signature,
    }
}

use Role::{Admin, Auditor, Clerk, Drafter, Leader, Official, Secretary};

/// One for each role at the province's committee, and those whose names stand on the demonstration's documents.
pub const STAFF: [Person<'static>; 9] = [
    person("soanthao", "Trần Thị Mai Hương", "Chuyên viên", "Phòng Tổng hợp", &[Drafter], None),
    person(
        "lanhdao",
        "Trần Quốc Khánh",
        "Chủ tịch",
        "Lãnh đạo Ủy ban",
        &[Leader, Official],
        Some(1),
    ),
    person(
        "lanhdao2",
        "Lê Thị Minh Hà",
        "Phó Chủ tịch",
        "Lãnh đạo Ủy ban",
        &[Leader, Official],
        Some(2),
    ),
    person(
        "lanhdao3",
        "Vũ Hồng Sơn",
        "Chánh Văn phòng",
        "Văn phòng Ủy ban",
        &[Leader, Official],
        Some(3),
    ),
    person("vanthu", "Lê Thị Ngọc Ánh", "Văn thư", "Phòng Hành chính", &[Clerk], None),
    person(
        "thuky",
        "Phạm Quốc Bảo",
        "Thư ký",
        "Phòng Tổng hợp",
        &[Secretary, Official],
        Some(4),
    ),
    person(
        "daibieu",
        "Đỗ Minh Quân",
        "Giám đốc Sở Tài chính",
        "Sở Tài chính",
        &[Official],
        None,
    ),
    person("kiemtra", "Vũ Thị Thu Hà", "Thanh tra viên", "Thanh tra tỉnh", &[Auditor], None),
    person(
        "quantri",
        "Hoàng Đức Anh",
        "Quản trị hệ thống",
        "Trung tâm Công nghệ thông tin",
        &[Admin],
        None,
    ),
];

/// The second body needs a clerk to take documents in, and a leader.
pub const SECOND_STAFF: [Person<'static>; 4] = [
    person("vanthu", "Bùi Thị Kim Oanh", "Văn thư", "Văn phòng Sở", &[Clerk], None),
    person(
        "lanhdao",
        "Phạm Đức Long",
        "Giám đốc Sở",
        "Lãnh đạo Sở",
        &[Leader, Official],
        Some(3),
    ),
    person("soanthao", "Đặng Thùy Linh", "Chuyên viên", "Phòng Công chức", &[Drafter], None),
    person("quantri", "Lý Quang Huy", "Quản trị hệ thống", "Văn phòng Sở", &[Admin], None),
];

/// Full names of `daibieu01` to `daibieu20`, with their positions.
pub const OFFICIALS: [(&str, &str); 20] = [
    ("Nguyễn Thị Bích Ngọc", "Phó Chủ tịch Ủy ban nhân dân tỉnh"),
    ("Trần Đình Khôi", "Phó Chủ tịch Ủy ban nhân dân tỉnh"),
    ("Lê Hoàng Nam", "Giám đốc Sở Xây dựng"),
    ("Phạm Thị Thanh Xuân", "Giám đốc Sở Y tế"),
    ("Huỳnh Văn Phúc", "Giám đốc Sở Nông nghiệp và Môi trường"),
    ("Võ Thị Hồng Nhung", "Giám đốc Sở Giáo dục và Đào tạo"),
    ("Phan Anh Dũng", "Giám đốc Sở Khoa học và Công nghệ"),
    ("Trương Mỹ Lệ", "Giám đốc Sở Tư pháp"),
    ("Đinh Công Mạnh", "Giám đốc Sở Công Thương"),
    ("Cao Thị Diễm", "Giám đốc Sở Văn hóa, Thể thao và Du lịch"),
    ("Lưu Trọng Nghĩa", "Giám đốc Sở Ngoại vụ"),
    ("Mai Xuân Trường", "Chánh Thanh tra tỉnh"),
    ("Tạ Thị Minh Châu", "Trưởng ban Dân tộc"),
    ("Hồ Sỹ Hùng", "Chủ tịch Ủy ban nhân dân phường Minh Tân"),
    ("Kiều Thị Lan", "Chủ tịch Ủy ban nhân dân xã An Bình"),
    ("Lò Văn Pín", "Chủ tịch Ủy ban nhân dân xã Sơn Lâm"),
    ("Giàng A Sử", "Chủ tịch Ủy ban nhân dân xã Khe Mây"),
    ("Nông Thị Hiền", "Chủ tịch Ủy ban nhân dân xã Bản Chang"),
    ("Quách Tuấn Kiệt", "Trưởng ban Quản lý khu công nghiệp"),
    ("Dương Thị Ái Vân", "Phó Chánh Văn phòng Ủy ban"),
];
