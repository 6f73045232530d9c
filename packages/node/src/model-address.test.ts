import { expect, it } from "vitest";
import { addressNextTo, downloadAddress, hubModelIn } from "./model-address.js";

it.each([
  ["Xenova/resnet-50", { id: "Xenova/resnet-50" }],
  ["https://huggingface.co/Xenova/resnet-50/", { id: "Xenova/resnet-50" }],
  ["https://hf.co/Xenova/resnet-50?library=onnx", { id: "Xenova/resnet-50" }],
  ["https://huggingface.co/a/b/tree/refs%2Fpr%2F1/onnx", { id: "a/b", revision: "refs/pr/1" }],
  ["https://huggingface.co/a/b/blob/main/onnx/m.onnx", { id: "a/b", revision: "main", file: "onnx/m.onnx" }],
  [
    "https://huggingface.co/a/b/resolve/v1/my%20net.onnx?download=true",
    { id: "a/b", revision: "v1", file: "my net.onnx" },
  ],
])("%s is a model of the hub", (text, model) => {
  expect(hubModelIn(text)).toEqual(model);
});

it.each([
  "scenes-resnet",
  "a/b/c",
  "../b",
  "https://huggingface.co/api/models",
  "https://huggingface.co/a/b/resolve/main/net.bin",
  "https://example.org/a/b",
])("%s is not one of the hub", (text) => {
  expect(hubModelIn(text)).toBeUndefined();
});

it("downloads come by https://, or from this machine", () => {
  expect(downloadAddress("https://example.org/net.onnx").href).toBe("https://example.org/net.onnx");
  expect(downloadAddress("http://127.0.0.1:8000/net.onnx").port).toBe("8000");
  expect(() => downloadAddress("http://example.org/net.onnx")).toThrow(/can be changed on its way; use https/);
  for (const text of ["file:///etc/passwd", "ftp://localhost/x", "data:,x"])
    expect(() => downloadAddress(text)).toThrow(`${text}: this is not an address that files are downloaded from`);
  expect(() => downloadAddress("net")).toThrow("net: this is not an address; check its spelling");
});

it("files next to a model have its query no more, and odd names are encoded", () => {
  expect(addressNextTo("https://example.org/m/net.onnx?x=1", "parts/kernel #1.bin").href).toBe(
    "https://example.org/m/parts/kernel%20%231.bin",
  );
});
