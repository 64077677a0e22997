package io.recthink.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's {@code dict}, in insertion order; 1, 1.0 and True are one key. It never changes after a template has seen
 * it.
 */
final class Dictionary {
    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    record Entry(Object key, Object value) {}

    /** Whether the value can be a key. Python can also hash tuples, but tuples are not supported as keys. */
    static boolean isKey(Object key) {
        return key == null
                || key instanceof String
                || key instanceof Long
                || key instanceof Double
                || key instanceof Boolean
                || key instanceof Undefined;
    }

    static Object normalized(Object key) {
        if (key instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        if (key instanceof Double number && number == Math.rint(number) && Math.abs(number) < 0x1p62) {
            return number.longValue();
        }
        return key instanceof Undefined ? Undefined.class : key;
    }

    void put(Object key, Object value) {
        if (!isKey(key)) {
            throw new TemplateException(
                    "a key of a dictionary must be a string, number, boolean or none (was a " + Values.type(key) + ")");
        }
        entries.compute(normalized(key), (same, old) -> new Entry(old == null ? key : old.key(), value));
    }

    boolean contains(Object key) {
        return isKey(key) && entries.containsKey(normalized(key));
    }

    /** The value of a key, or {@code otherwise} when the key is missing. */
    Object get(Object key, Object otherwise) {
        Entry entry = isKey(key) ? entries.get(normalized(key)) : null;
        return entry == null ? otherwise : entry.value();
    }

    int size() {
        return entries.size();
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>(size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Object> values() {
        List<Object> values = new ArrayList<>(size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>(size());
        entries.values().forEach(entry -> items.add(Tuple.of(entry.key(), entry.value())));
        return items;
    }
}
