// Makes elements; all text goes in as text, never as markup.

/** An element with properties, attributes (`aria-…`, `role`) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The page's element with this id. */
export const byId = (id) => document.getElementById(id);
