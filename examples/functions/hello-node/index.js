exports.main_handler = async (event) => {
  const { name = "SCF" } = event;
  console.log("greeting", name);
  return `hello ${name}`;
};
