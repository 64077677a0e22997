package io.recthink.spark.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a cycle measured on its test rows, which neither its candidate nor the serving policy had seen.
 *
 * @param rows number of test rows
 * @param from time of the first test row
 * @param ratings number of test rows by true rating, rounded to whole stars, from the lowest rating of the scale on
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
        List<Long> ratings,
        Score candidate,
        Score serving,
        Score bias,
        Double difference,
        Double differenceLow,
        Double differenceHigh,
        double newUsers,
        double newItems) {
    public Measurement {
        ratings = ratings == null ? List.of() : List.copyOf(ratings);
    }
}
