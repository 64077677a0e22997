package io.recthink.text;

/**
 * What one rendering may use. Every step of the evaluation, every character and element that it makes and every level of
 * nesting is counted before it is spent, so a template ends within about a second and in bounded memory.
 */
final class Budget {
    static final long STEPS = 5_000_000;
    /** Characters made over the whole rendering, an element of a list counted as {@link #ELEMENT}. */
    static final long CHARACTERS = 64L << 20;

    static final int DEPTH = 250;
    static final int ELEMENT = 8;

    private static final int ENTRY = 40;
    private static final int SCANNED_PER_STEP = 32;

    private long steps;
    private long characters;
    private int depth;

    void step() {
        if (++steps > STEPS) {
            throw tooManySteps();
        }
    }

    /** Comparing, searching or copying so many characters. */
    void scan(long length) {
        steps += length / SCANNED_PER_STEP + 1;
        if (steps > STEPS) {
            throw tooManySteps();
        }
    }

    private static TemplateException tooManySteps() {
        return new TemplateException("takes more than " + STEPS + " steps; a chat template needs a few thousand");
    }

    /** Makes a text of this length. */
    void characters(long length) {
        characters += length;
        if (length < 0 || characters > CHARACTERS) {
            throw new TemplateException(
                    "makes more than " + CHARACTERS + " characters of text and lists; a prompt is far shorter");
        }
        scan(length);
    }

    /** Makes a list of this length. */
    void elements(long length) {
        characters(Math.multiplyExact(Math.min(length, CHARACTERS), ELEMENT) + ENTRY);
    }

    /** Makes an entry of a dictionary. */
    void entry() {
        characters(ENTRY);
    }

    /** Goes one level deeper; {@link #leave} comes back. */
    void enter() {
        step();
        if (depth >= DEPTH) {
            throw new TemplateException("is nested more than " + DEPTH + " levels deep");
        }
        depth++;
    }

    void leave() {
        depth--;
    }
}
