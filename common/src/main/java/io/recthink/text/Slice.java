package io.recthink.text;

import java.util.ArrayList;
import java.util.List;

/** {@code value[start:stop:step]}; each bound may be null. */
record Slice(Object start, Object stop, Object step) {
    Object of(Budget budget, Object value) {
        if (value instanceof String text) {
            return ofText(budget, text);
        }
        Values.refuseUndefined(value);
        List<Object> elements = value instanceof Range ? null : Values.sequenceOrNull(value);
        if (elements == null) {
            throw new TemplateException("a " + Values.type(value) + " cannot be sliced");
        }
        List<Object> chosen = new ArrayList<>();
        for (long index : indexes(budget, elements.size())) {
            chosen.add(elements.get((int) index));
        }
        return value instanceof Tuple ? new Tuple(chosen) : chosen;
    }

    private String ofText(Budget budget, String text) {
        budget.scan(text.length());
        long stride = bound(step, 1);
        int length = (int) Texts.length(text);
        if (stride == 1) {
            long[] ends = ends(length, 1);
            int begin = text.offsetByCodePoints(0, (int) ends[0]);
            int end = text.offsetByCodePoints(begin, (int) Math.max(0, ends[1] - ends[0]));
            budget.characters(end - begin);
            return text.substring(begin, end);
        }
        int[] characters = text.codePoints().toArray();
        StringBuilder result = new StringBuilder();
        for (long index : indexes(budget, length)) {
            result.appendCodePoint(characters[(int) index]);
        }
        return result.toString();
    }

    private long[] indexes(Budget budget, int length) {
        long stride = bound(step, 1);
        if (stride == 0) {
            throw new TemplateException("the step of a slice must not be 0");
        }
        long limited = Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, stride));
        long[] ends = ends(length, limited);
        long span = limited > 0 ? ends[1] - ends[0] : ends[0] - ends[1];
        int count = (int) Math.max(0, (span + Math.abs(limited) - 1) / Math.abs(limited));
        budget.elements(count);
        long[] indexes = new long[count];
        for (int i = 0; i < count; i++) {
            indexes[i] = ends[0] + i * limited;
        }
        return indexes;
    }

    /** The first index, and the first index after the slice. */
    private long[] ends(long length, long stride) {
        boolean forward = stride > 0;
        long lowest = forward ? 0 : -1;
        long highest = forward ? length : length - 1;
        return new long[] {
            start == null ? (forward ? lowest : highest) : clamped(bound(start, 0), length, lowest, highest),
            stop == null ? (forward ? highest : lowest) : clamped(bound(stop, 0), length, lowest, highest)
        };
    }

    private static long clamped(long index, long length, long lowest, long highest) {
        return Math.max(lowest, Math.min(highest, index < 0 ? index + length : index));
    }

    private static long bound(Object value, long otherwise) {
        Values.refuseUndefined(value);
        return value == null ? otherwise : Values.integer("a slice", value);
    }
}
