export default { build: { target: "esnext", emptyOutDir: true } };
