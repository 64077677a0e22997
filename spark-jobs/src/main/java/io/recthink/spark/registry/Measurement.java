package io.recthink.spark.registry;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a cycle measured on its test rows, which neither its candidate nor the serving policy had seen.
 *
 * @param rows number of test rows
 * @param from time of the first test row
 * @param log the ratings of the test rows, as a score without errors
 * @param candidate the trained policy
 * @param serving the policy that served when the cycle began; null when none did
 * @param bias the bias model
 * @param difference MAE of the candidate minus MAE of the serving policy; null when none served
 * @param differenceLow the lower end of its paired interval
 * @param differenceHigh the upper end of its paired interval
 * @param newUsers share of the test rows whose user has no train row
 * @param newItems share of the test rows whose item has no train row
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Measurement(
        long rows,
        String from,
        Score log,
        Score candidate,
        Score serving,
        Score bias,
        Double difference,
        Double differenceLow,
        Double differenceHigh,
        double newUsers,
        double newItems) {}
