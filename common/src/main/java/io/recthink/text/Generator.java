package io.recthink.text;

import java.util.Iterator;

/** What a lazy filter returns: read once, of unknown length, and true even when empty. */
record Generator(Iterator<Object> elements) {}
