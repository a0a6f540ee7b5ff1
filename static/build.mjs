// Builds static/dist: css, scripts and pictures under names that hold their content's hash, each beside its brotli and gzip form,
// and manifest.json, which portal.web.assets reads. Run by build_hook.py; needs what `npm ci` has put into node_modules.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, parse } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// esbuild-wasm starts "node" by that name; it shall find this one.
process.env.PATH = dirname(process.execPath) + delimiter + (process.env.PATH ?? "");

const { default: esbuild } = await import("esbuild-wasm");
const { default: postcss } = await import("postcss");
const sass = await import("sass");
const { trim } = await import("./trim.mjs");

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const dist = join(here, "dist");
const browsers = ["chrome90", "edge90", "firefox91", "safari15"];

async function stylesheet() {
  const path = join(here, "css", "portal.scss");
  const compiled = sass.compile(path, { loadPaths: [modules], quietDeps: true, sourceMap: true });
  const theirs = pathToFileURL(modules).href;
  const isTheirs = ({ source: { input, start } }) => input.origin(start.line, start.column)?.url?.startsWith(theirs);
  const map = { prev: compiled.sourceMap, inline: false, annotation: false };
  const trimmed = await postcss([trim(isTheirs)]).process(compiled.css, { from: path, map });
  const { code } = await esbuild.transform(trimmed.css, { loader: "css", minify: true, target: browsers });
  return code;
}

async function script(path) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    format: "esm",
    target: browsers,
    legalComments: "none",
    nodePaths: [modules],
    write: false,
  });
  return outputFiles[0].text;
}

function htmx() {
  return readFileSync(join(modules, "htmx.org", "dist", "htmx.min.js"), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}

async function outputs() {
  const made = { "portal.css": await stylesheet(), "htmx.js": htmx(), "licences.txt": readFileSync(join(here, "licences.txt"), "utf8") };
  for (const file of readdirSync(join(here, "js"))) made[file] = await script(join(here, "js", file));
  for (const file of readdirSync(join(here, "img"))) made[file] = readFileSync(join(here, "img", file), "utf8").trim();
  return made;
}

function write(name, text) {
  const body = Buffer.from(text, "utf8");
  const { name: stem, ext } = parse(name);
  const file = `${stem}-${createHash("sha256").update(body).digest("hex").slice(0, 12)}${ext}`;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  const brotli = brotliCompressSync(body, { params });
  writeFileSync(join(dist, file), body);
  writeFileSync(join(dist, `${file}.br`), brotli);
  writeFileSync(join(dist, `${file}.gz`), gzipSync(body, { level: 9 }));
  console.log(`${file}: ${body.length} bytes, ${brotli.length} with brotli`);
  return { file, integrity: `sha384-${createHash("sha384").update(body).digest("base64")}` };
}

const made = await outputs();
await esbuild.stop();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const manifest = Object.fromEntries(Object.keys(made).sort().map((name) => [name, write(name, made[name])]));
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
