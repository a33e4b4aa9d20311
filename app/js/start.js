// Wakes the page that the server has drawn. The version of this file's own address is the version of all the rest.
const version = new URL(import.meta.url).search;
try {
  const page = await import(`/pkg/kyhop.js${version}`);
  await page.default({ module_or_path: `/pkg/kyhop_bg.wasm${version}` });
  page.hydrate();
  document.documentElement.dataset.hydrated = "true";
} catch (error) {
  // The page stays readable and its plain forms work; buttons that need the program stay disabled.
  document.documentElement.dataset.hydrated = "failed";
  console.error(error);
}
