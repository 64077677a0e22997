package io.recthink.spark.page;

/**
 * Measures the width of text without a font: the machine may have no fonts, and a picture must look the same
 * everywhere. The widths are from Helvetica; Arial and Liberation Sans have the same widths. The widths of other
 * letters are estimates.
 */
final class Letters {
    /** The font size of labels, in pixels. */
    static final double SIZE = 12;
    /** The distance from the base line of a label to the middle of its letters, in pixels. */
    static final double HALF_HEIGHT = 4.2;

    private static final String ELLIPSIS = "\u2026";
    private static final double GUESSED = 0.6;
    private static final double WIDE = 1;

    /** The widths of the letters from blank to tilde, in thousandths of the font size. */
    private static final int[] HELVETICA = {
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
        556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
        556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
        500, 500, 500, 334, 260, 334, 584
    };

    private Letters() {}

    /** The width of a label in pixels. */
    static double width(String text) {
        return SIZE * text.codePoints().mapToDouble(Letters::width).sum();
    }

    private static double width(int letter) {
        if (letter >= ' ' && letter - ' ' < HELVETICA.length) {
            return HELVETICA[letter - ' '] / 1000.0;
        }
        return switch (Character.getType(letter)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            case Character.OTHER_SYMBOL -> WIDE;
            default -> Character.isIdeographic(letter) || isWide(letter) ? WIDE : GUESSED;
        };
    }

    private static boolean isWide(int letter) {
        Character.UnicodeScript script = Character.UnicodeScript.of(letter);
        return script == Character.UnicodeScript.HANGUL
                || script == Character.UnicodeScript.HIRAGANA
                || script == Character.UnicodeScript.KATAKANA
                || (letter >= 0xFF01 && letter <= 0xFF60);
    }

    /** The text, with an ellipsis in place of its middle where it is wider than {@code most} pixels. */
    static String shortened(String text, double most) {
        if (width(text) <= most) {
            return text;
        }
        int[] letters = text.codePoints().toArray();
        int head = 0;
        int tail = letters.length;
        double left = most - width(ELLIPSIS);
        for (boolean atHead = true; head < tail; atHead = !atHead) {
            left -= SIZE * width(letters[atHead ? head : tail - 1]);
            if (left < 0) {
                break;
            }
            if (atHead) {
                head++;
            } else {
                tail--;
            }
        }
        return new String(letters, 0, head) + ELLIPSIS + new String(letters, tail, letters.length - tail);
    }

    /**
     * The text on one line. Unicode's pictures replace control characters, and U+FFFD replaces characters that XML
     * forbids.
     */
    static String visible(String text) {
        return text.codePoints()
                .map(Letters::visible)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static int visible(int letter) {
        if (letter == '\n' || letter == '\t' || letter == '\r') {
            return ' ';
        } else if (letter < ' ') {
            return letter + '\u2400';
        } else if (letter == 0x7F) {
            return '\u2421';
        }
        boolean forbidden = Character.isISOControl(letter)
                || Character.getType(letter) == Character.SURROGATE
                || (letter & 0xFFFE) == 0xFFFE;
        return forbidden ? '\uFFFD' : letter;
    }
}
