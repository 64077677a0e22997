package io.recthink.text;

import java.util.List;

/** The result of a dictionary's keys, values or items. It has a length and elements, but no positions. */
record View(String name, List<Object> elements) {}
