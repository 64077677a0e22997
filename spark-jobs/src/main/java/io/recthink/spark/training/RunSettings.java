package io.recthink.spark.training;

import io.recthink.learn.OptimizerSettings;
import io.recthink.prompt.PolicyTerms;
import java.util.Optional;

/**
 * What a run is, apart from how a step of it goes.
 *
 * @param job what kind of run it is: {@code train} or {@code sft}
 * @param key the setting that names the run folder, for messages
 * @param path Hadoop path of the run folder
 * @param record what it is set to
 * @param start the model it starts from
 * @param terms how its policies want to be asked; empty where whoever asks them knows
 * @param dataSha256 of everything it learns from
 * @param steps at which it ends
 * @param optimizer of its learner
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
