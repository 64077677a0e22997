package io.recthink.spark.cli;

/** A command with options that it can check without Spark, beside the {@link ConfigurationOptions}. */
interface CheckedCommand {
    /**
     * Checks the options.
     *
     * @throws io.recthink.InvalidInputException when an option cannot be used
     */
    void check();
}
