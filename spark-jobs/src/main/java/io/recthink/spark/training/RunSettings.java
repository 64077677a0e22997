package io.recthink.spark.training;

import io.recthink.learn.OptimizerSettings;
import io.recthink.prompt.PolicyTerms;
import java.util.Optional;

/**
 * The settings of a run that do not depend on the content of its steps.
 *
 * @param job kind of the run: {@code train} or {@code sft}
 * @param key the setting that names the run folder, for messages
 * @param path Hadoop path of the run folder
 * @param record settings that the run folder records
 * @param start the model from which the run starts
 * @param terms prompt settings of its policies; empty when the caller knows them
 * @param dataSha256 SHA-256 of the data to learn from
 * @param steps the last step
 * @param optimizer settings of the optimizer
 * @param retention which steps keep their policy and optimizer
 * @param validation when policies are validated
 */
public record RunSettings(
        String job,
        String key,
        String path,
        RunRecord record,
        StartModel start,
        Optional<PolicyTerms> terms,
        String dataSha256,
        int steps,
        OptimizerSettings optimizer,
        Retention retention,
        ValidationSchedule validation) {}
