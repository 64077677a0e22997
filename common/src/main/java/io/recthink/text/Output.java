package io.recthink.text;

/** The text that a template has written. */
final class Output {
    private final StringBuilder text = new StringBuilder();
    private final Budget budget;

    Output(Budget budget) {
        this.budget = budget;
    }

    void write(String part) {
        budget.characters(part.length());
        text.append(part);
    }

    String text() {
        return text.toString();
    }
}
