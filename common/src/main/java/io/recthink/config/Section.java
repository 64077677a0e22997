package io.recthink.config;

/**
 * Settings that belong together: a record of one section of a configuration. The name of the record says the key, {@code
 * PromptSettings} are the section {@code prompt}. A resource beside the record, {@code prompt.yaml}, holds the section with the
 * default and the comment of each key. Where a record of an earlier version means something else than the default by lacking a
 * key, {@code prompt-earlier.yaml} says what.
 */
public interface Section {
    /** Notes what is wrong with the values; keys are relative to the section. */
    void check(Problems problems);
}
