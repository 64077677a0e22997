package io.recthink.config;

/**
 * The settings of one section of a configuration, as a record. The name of the record gives the key of the section:
 * {@code PromptSettings} is the section {@code prompt}. A resource in the same package, {@code prompt.yaml}, contains
 * each key of the section with its default and its comment. The resource {@code prompt-earlier.yaml} is optional. It
 * contains the values of keys that a recorded configuration of an earlier version lacks, where they differ from the
 * defaults.
 */
public interface Section {
    /** Adds the problems of the values to {@code problems}; keys are relative to the section. */
    void check(Problems problems);
}
