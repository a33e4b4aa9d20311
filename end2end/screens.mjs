// Pictures of every screen for docs/screens: a demonstration of its own, people who do what the screen is for, tablet and phone.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PHONE, Person, launch } from "./lib/browser.mjs";
import { Demo, ROOT } from "./lib/demo.mjs";

const FOLDER = join(ROOT, "docs/screens");
const TABLET = { viewport: { width: 1180, height: 820 }, hasTouch: true };
const SIZES = [["tablet", TABLET], ["phone", PHONE]];

const latest = (list) => list.rows?.[0]?.id ?? list[0]?.id;
const documents = (direction) => async (person) => {
  const query = { direction, state: null, text: "", page: 1, mine: false };
  return `/documents/${latest(await person.ask("documents/list", { query }))}`;
};
const today = async (person) => `/meetings/${(await person.ask("meetings/list", {})).find((m) => m.today).id}`;
const after = (find, rest) => async (person) => `${await find(person)}${rest}`;

// Name of the picture, who looks, where, what it shows (Vietnamese / English), and what is done before.
const SCREENS = [
  ["login", null, "/login", "Đăng nhập", "Signing in"],
  ["home-official", "daibieu", "/", "Trang chủ của đại biểu", "An official's home page"],
  ["home-leader", "lanhdao", "/", "Trang chủ của lãnh đạo: việc chờ ký", "A leader's home page: what waits for a signature"],
  ["home-clerk", "vanthu", "/", "Trang chủ của văn thư", "A records clerk's home page"],
  ["meetings", "daibieu", "/meetings", "Các cuộc họp", "Meetings"],
  ["meeting", "daibieu", today, "Trong phòng họp: chương trình, tài liệu, biểu quyết", "In the meeting room: agenda, document, vote", open],
  ["meeting-chair", "lanhdao", today, "Phòng họp của chủ tọa", "The room of the chair"],
  ["meeting-secretary", "thuky", today, "Phòng họp của thư ký", "The room of the secretary"],
  ["meeting-arrange", "thuky", today, "Sắp xếp chương trình", "Arranging the agenda", null, (p) => p.at("arrange").click()],
  ["meeting-screen", "thuky", after(today, "/screen"), "Màn hình chiếu", "The projector's page"],
  ["meeting-new", "thuky", "/meetings/new", "Tạo cuộc họp", "A new meeting"],
  ["meeting-checklist", "thuky", draft, "Danh mục kiểm tra trước khi gửi giấy mời", "The checklist before the invitation"],
  ["meeting-minutes", "thuky", after(today, "/minutes"), "Biên bản", "Minutes"],
  ["opinions", "thuky", "/opinions", "Phiếu lấy ý kiến", "Opinion sheets"],
  ["opinion-new", "thuky", "/opinions/new", "Phiếu mới", "A new sheet"],
  ["documents", "vanthu", "/documents", "Văn bản đi", "Outgoing documents"],
  ["incoming-new", "vanthu", "/incoming/new", "Đăng ký văn bản đến", "Register an arrival"],
  ["document-new", "soanthao", "/documents/new", "Dự thảo mới", "A new draft"],
  ["document", "vanthu", documents("outgoing"), "Một văn bản đi: chữ ký, nơi nhận, từng bước", "An outgoing document: signatures, receivers, every step"],
  ["numbers", "vanthu", "/documents/numbers", "Số giữ, số chèn, số hủy", "Numbers kept, put in, cancelled"],
  ["authority", "vanthu", "/authority", "Ký thay, thừa lệnh, ủy quyền", "Authority to sign"],
  ["trash", "soanthao", "/documents/trash", "Thùng rác", "The trash"],
  ["incoming", "vanthu", "/incoming", "Văn bản đến", "Incoming documents"],
  ["incoming-document", "vanthu", documents("incoming"), "Một văn bản đến: kết quả kiểm tra chữ ký", "An incoming document: the verdict on its signatures"],
  ["figures", "lanhdao", "/figures", "Tình hình xử lý văn bản", "How documents are dealt with"],
  ["notices", "soanthao", "/notices", "Thông báo", "Notices"],
  ["axis", "vanthu", "/axis", "Trục liên thông: kết nối và hàng đợi", "The axis: link and queues"],
  ["verify", null, "/verify", "Kiểm tra chữ ký số, không cần tài khoản", "Verifying signatures, without an account"],
  ["verify-result", null, "/verify", "Kết quả kiểm tra", "The result", null, verified],
  ["audit", "kiemtra", "/audit", "Nhật ký nối chuỗi", "The chained log"],
  ["people", "quantri", "/people", "Người dùng", "People"],
  ["account", "daibieu", "/account", "Tài khoản", "The account"],
  ["missing", "daibieu", "/nowhere", "Trang không có", "A page that does not exist"],
];

let demo, pdf;

// The meeting of today is opened, the member is there, a vote is on.
async function open(browser) {
  const secretary = await Person.enter(browser, demo.url(0), "thuky");
  const id = (await today(secretary)).split("/").pop();
  await secretary.ask("meetings/open", { id }).catch(() => {});
  const detail = await secretary.ask("meetings/get", { id });
  await secretary.ask("meetings/set-current", { id, item: detail.items[0].id });
  const member = await Person.enter(browser, demo.url(0), "daibieu");
  await member.change("put", `/api/v1/meetings/${id}/presence`);
  const motion = { question: "Thông qua kế hoạch với các ý kiến đã góp", majority: "half_present", form: "open", item: null };
  await secretary.ask("meetings/open-vote", { id, motion });
  for (const person of [secretary, member]) await person.context.close();
}

async function draft(person) {
  const people = await person.ask("identity/people", { text: "" });
  const by = (name) => people.find((p) => p.username === name).id;
  const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  const draft = { title: "Họp chuyên đề chuyển đổi số", room: "Phòng họp số 2", starts: `${day}T08:00`, ends: `${day}T10:00`, chair_id: by("lanhdao"), members: [by("daibieu")] };
  const id = await person.ask("meetings/create", { draft });
  await person.ask("meetings/add-item", { id, title: "Báo cáo kết quả năm", presenter: "Sở Nội vụ", minutes: 30 });
  await person.ask("meetings/add-item", { id, title: "Thảo luận", presenter: "", minutes: 45 });
  return `/meetings/${id}`;
}

async function verified(person) {
  await person.page.setInputFiles('[data-test="verify-file"]', { name: "văn bản đến.pdf", mimeType: "application/pdf", buffer: pdf });
  await person.at("verdict").waitFor();
}

demo = await Demo.start();
const browser = await launch();
try {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const clerk = await Person.enter(browser, demo.url(0), "vanthu");
  pdf = await clerk.fetch(`/api/v1${await documents("incoming")(clerk)}/file`);
  await clerk.context.close();
  let page = "# Screens\n\nEvery screen on a tablet and on a phone, as `scripts/screens` takes them from the demonstration.\n";
  for (const [name, who, where, vi, en, before, then] of SCREENS) {
    await before?.(browser);
    page += `\n## ${vi} · ${en}\n\n`;
    for (const [size, device] of SIZES) {
      const person = await Person.enter(browser, demo.url(0), who, device);
      await person.page.emulateMedia({ reducedMotion: "reduce" });
      await person.go(typeof where === "string" ? where : await where(person));
      await then?.(person);
      await person.settled();
      await person.page.waitForTimeout(600);
      await person.page.screenshot({ path: join(FOLDER, `${name}-${size}.jpg`), type: "jpeg", quality: 72 });
      page += `![${en}, ${size}](${name}-${size}.jpg)\n`;
      await person.context.close();
    }
    process.stderr.write(`${name}\n`);
  }
  await writeFile(join(FOLDER, "README.md"), page);
} finally {
  await browser.close();
  await demo.stop();
}
