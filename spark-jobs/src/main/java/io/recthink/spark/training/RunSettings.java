package io.recthink.spark.training;

import io.recthink.config.Configuration.Optimizer;
import io.recthink.prompt.PolicyTerms;
import java.util.List;

/**
 * What a run is, apart from how a step of it goes.
 *
 * @param job name of the job
 * @param path Hadoop path of the run folder
 * @param start the model it starts from
 * @param terms how its policies want to be asked
 * @param dataSha256 of everything it learns from
 * @param steps at which it ends
 * @param optimizer of its learner
 * @param keepLast the newest saved steps that keep their policy and optimizer
 * @param keepEvery every so many steps keep theirs for good; 0: none
 * @param validateEvery steps between validations; 0: none
 * @param maxFailed share of unreadable answers above which a policy is not the best while another is not above it
 * @param fixed the keys and sections of the configuration that must stay as they are when the run is resumed
 * @param free keys within them that may change all the same
 */
public record RunSettings(
        String job,
        String path,
        StartModel start,
        PolicyTerms terms,
        String dataSha256,
        int steps,
        Optimizer optimizer,
        int keepLast,
        int keepEvery,
        int validateEvery,
        double maxFailed,
        List<String> fixed,
        List<String> free) {}
