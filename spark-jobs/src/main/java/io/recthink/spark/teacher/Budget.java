package io.recthink.spark.teacher;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import io.recthink.spark.StoppedException;
import io.recthink.spark.teacher.Ledger.Spent;
import io.recthink.teacher.BudgetSettings;
import io.recthink.teacher.PriceSettings;
import io.recthink.teacher.TeacherSettings;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The budget of a teacher. A round asks only questions whose prompts and longest answers fit in what is left; the next
 * round knows what the answers really cost.
 */
final class Budget {
    private final TeacherSettings teacher;
    private final BudgetSettings limits;

    Budget(TeacherSettings teacher) {
        this.teacher = teacher;
        this.limits = teacher.budget();
    }

    boolean hasLimits() {
        return limits.hasLimits();
    }

    /** The first questions by their identities that fit. The driver's executors sort the identities in one task. */
    Dataset<Row> fitting(Dataset<Row> questions, Spent spent) {
        WindowSpec before = Window.orderBy("sha256").rowsBetween(Window.unboundedPreceding(), Window.currentRow());
        Column prompt = sum("tokens").over(before);
        Column number = row_number().over(Window.orderBy("sha256")).cast("long");
        Column answer = number.multiply(lit((long) teacher.maxTokens()));
        Column fits = lit(true);
        if (limits.requests() > 0) {
            fits = fits.and(number.leq(limits.requests() - spent.requests()));
        }
        if (limits.tokens() > 0) {
            fits = fits.and(prompt.plus(answer).leq(limits.tokens() - spent.tokens()));
        }
        if (limits.cost() > 0) {
            Column cost = prompt.multiply(teacher.price().input() / PriceSettings.TOKENS)
                    .plus(answer.multiply(teacher.price().output() / PriceSettings.TOKENS));
            fits = fits.and(cost.leq(limits.cost() - cost(spent)));
        }
        Dataset<Row> allowed = questions
                .select("sha256", "tokens")
                .withColumn("fits", fits)
                .where(col("fits"))
                .select("sha256");
        return questions.join(allowed, "sha256");
    }

    private double cost(Spent spent) {
        return teacher.price().of(spent.promptTokens(), spent.completionTokens());
    }

    /** The end of a job whose next question does not fit. */
    StoppedException usedUp(String command, Spent spent, long left) {
        StringBuilder used = new StringBuilder();
        if (limits.requests() > 0) {
            used.append("%d of %d requests; ".formatted(spent.requests(), limits.requests()));
        }
        if (limits.tokens() > 0) {
            used.append("%,d of %,d tokens; ".formatted(spent.tokens(), limits.tokens()));
        }
        if (limits.cost() > 0) {
            used.append(String.format(Locale.ROOT, "a cost of %.4f of %.4f; ", cost(spent), limits.cost()));
        }
        return new StoppedException(
                ("%s stopped: the next request may exceed teacher.budget (used: %s%d requests are left to ask, each with"
                                + " up to %d tokens of answer). All answers are kept in the ledger. Raise the budget"
                                + " and start the same command again: it continues there.")
                        .formatted(command, used, left, teacher.maxTokens()));
    }
}
