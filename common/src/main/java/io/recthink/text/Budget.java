package io.recthink.text;

/**
 * The limits of one rendering. The budget counts each step of the evaluation, each new character and element and each
 * level of nesting before the work is done. So a template ends within about a second and uses bounded memory.
 */
final class Budget {
    static final long STEPS = 5_000_000;
    /**
     * The number of new characters in the whole rendering; an element of a list counts as {@link #ELEMENT} characters.
     */
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

    /** Counts the work to compare, search or copy {@code length} characters. */
    void scan(long length) {
        steps += length / SCANNED_PER_STEP + 1;
        if (steps > STEPS) {
            throw tooManySteps();
        }
    }

    private static TemplateException tooManySteps() {
        return new TemplateException("takes more than " + STEPS + " steps; a chat template needs a few thousand");
    }

    /** Counts a new text of {@code length} characters. */
    void characters(long length) {
        characters += length;
        if (length < 0 || characters > CHARACTERS) {
            throw new TemplateException(
                    "makes more than " + CHARACTERS + " characters of text and lists; a prompt is far shorter");
        }
        scan(length);
    }

    /** Counts a new list of {@code length} elements. */
    void elements(long length) {
        characters(Math.multiplyExact(Math.min(length, CHARACTERS), ELEMENT) + ENTRY);
    }

    /** Counts a new entry of a dictionary. */
    void entry() {
        characters(ENTRY);
    }

    /** Enters one more level of nesting; {@link #leave} leaves it. */
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
