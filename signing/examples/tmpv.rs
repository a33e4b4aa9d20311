use signing::validate::{ValidationContext, validate};
fn main() {
    let bytes = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let context = ValidationContext::default();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(validate(&bytes, &context));
    }
    println!("{:.3} ms", t.elapsed().as_secs_f64() * 1000.0 / n as f64);
}
