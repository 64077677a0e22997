package io.recthink.text;

import java.util.AbstractList;
import java.util.List;

/** Python's {@code range}. */
record Range(long start, long stop, long step) {
    /** The limit of Jinja's sandbox. */
    private static final long LONGEST = 100_000;

    static Range of(List<Object> bounds) {
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw new TemplateException("range takes one to three whole numbers");
        }
        long first = Values.integer("range", bounds.get(0));
        long step = bounds.size() > 2 ? Values.integer("range", bounds.get(2)) : 1;
        if (step == 0) {
            throw new TemplateException("range: the step must not be 0");
        }
        Range range = bounds.size() == 1
                ? new Range(0, first, 1)
                : new Range(first, Values.integer("range", bounds.get(1)), step);
        if (range.exactLength() > LONGEST) {
            throw new TemplateException("range has more than " + LONGEST + " numbers");
        }
        return range;
    }

    private double exactLength() {
        return Math.max(0, Math.ceil(((double) stop - start) / step));
    }

    int length() {
        return (int) exactLength();
    }

    List<Object> elements() {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return start + index * step;
            }

            @Override
            public int size() {
                return length();
            }
        };
    }

    String shown() {
        return "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    }
}
