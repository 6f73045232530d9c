// Regenerates packages/core/src/onnx/onnx_pb.ts from ONNX's proto2 schema.
//
//   pip download --no-deps onnx==1.23.2 && unzip onnx-*.whl onnx/onnx-ml.proto
//   npm install --no-save @bufbuild/protoc-gen-es@2.17.0
//   node scripts/generate-proto.mjs onnx/onnx-ml.proto
//
// Needs protoc on the PATH. The schema's comments are dropped: the file holds declarations only.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [schema, plugin = "node_modules/.bin/protoc-gen-es"] = process.argv.slice(2);
if (!schema) {
  console.error("usage: node scripts/generate-proto.mjs path/to/onnx-ml.proto [path/to/protoc-gen-es]");
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "onnx-proto-"));
const bare = readFileSync(schema, "utf8")
  .replace(/\/\/.*$/gm, "")
  .replace(/\n\s*\n+/g, "\n");
writeFileSync(join(folder, "onnx.proto"), bare);
execFileSync("protoc", [
  `--plugin=protoc-gen-es=${resolve(plugin)}`,
  `--es_out=${folder}`,
  "--es_opt=target=ts",
  `-I${folder}`,
  "onnx.proto",
]);
renameSync(join(folder, "onnx_pb.ts"), "packages/core/src/onnx/onnx_pb.ts");
rmSync(folder, { recursive: true });
