package io.recthink.text;

import java.util.List;

/** What a dictionary's keys, values and items return: it has a length and elements, but no positions. */
record View(String name, List<Object> elements) {}
