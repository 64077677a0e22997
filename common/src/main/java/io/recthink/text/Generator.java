package io.recthink.text;

import java.util.Iterator;

/** The result of a lazy filter: a template can read it once, its length is unknown, and it is true even when empty. */
record Generator(Iterator<Object> elements) {}
