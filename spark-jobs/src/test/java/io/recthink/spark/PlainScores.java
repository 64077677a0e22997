package io.recthink.spark;

import io.recthink.prompt.ThinkMode;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rewards of RecZero and of its ablations, written a second time from the descriptions of the paper and of its
 * published code, with nothing of recthink.
 *
 * @param form matches a well-formed answer
 * @param min the lowest rating of the scale
 * @param max the highest rating of the scale
 */
record PlainScores(Pattern form, double min, double max) {
    private static final String NUMBER = "<rate>\\s*(?<rating>(?:0|[1-9][0-9]*)(?:\\.[0-9]{1,2})?)\\s*</rate>";
    private static final Pattern ONE_NUMBER = Pattern.compile(NUMBER);
    private static final Map<ThinkMode, String> BLOCKS = Map.of(
            ThinkMode.NONE, NUMBER,
            ThinkMode.FREE, block("think") + NUMBER,
            ThinkMode.FOUR_STEPS, block("analyze user") + block("analyze item") + block("match") + NUMBER);

    static PlainScores of(ThinkMode think, double min, double max) {
        return new PlainScores(Pattern.compile("[^<]*" + BLOCKS.get(think) + "[^<0-9]*"), min, max);
    }

    /** A half for the form, and one less the share of the widest possible error. */
    double paper(String answer, boolean finished, double truth) {
        double form = wellFormed(answer, finished) ? 0.5 : -0.5;
        OptionalDouble rating = rating(answer);
        return rating.isPresent() ? form + 1 - Math.abs(truth - rating.getAsDouble()) / (max - min) : form;
    }

    /** No Thinking and No Multi-step Thinking of the code. */
    double thinkingOfCode(String answer, boolean finished, double truth) {
        return wellFormed(answer, finished)
                ? 3 - Math.abs(truth - rating(answer).getAsDouble()) / 2
                : -1;
    }

    double correctnessOfPaper(String answer, boolean finished, double truth) {
        return rating(answer).equals(OptionalDouble.of(truth)) ? 2 : 0;
    }

    double correctnessOfCode(String answer, boolean finished, double truth) {
        if (!wellFormed(answer, finished) || !marked(answer)) {
            return -1;
        }
        return rating(answer).getAsDouble() == truth ? 1 + 2 : 1 - 1.5;
    }

    private boolean wellFormed(String answer, boolean finished) {
        return finished && form.matcher(answer).matches() && rating(answer).isPresent();
    }

    /** The rating of an answer with one rating only. */
    private OptionalDouble rating(String answer) {
        Matcher number = ONE_NUMBER.matcher(answer);
        if (!number.find() || answer.split("</?rate>", -1).length != 3) {
            return OptionalDouble.empty();
        }
        double rating = Double.parseDouble(number.group("rating"));
        return rating < min || rating > max ? OptionalDouble.empty() : OptionalDouble.of(rating);
    }

    private static boolean marked(String answer) {
        String user = between("analyze user", answer);
        String item = between("analyze item", answer);
        return user.matches("(?s)(?=.*\\[like])(?=.*\\[dislike])(?=.*\\[pos])(?=.*\\[neg]).*\\([0-9]+\\)\\s+\\S.*")
                && item.matches("(?s)((?!\\[dislike]).)*\\[like].*\\[dislike].*");
    }

    private static String between(String tag, String answer) {
        Matcher block = Pattern.compile("(?s)<" + tag + ">(.*)</" + tag + ">").matcher(answer);
        return block.find() ? block.group(1) : "";
    }

    private static String block(String tag) {
        return "<" + tag + ">[^<]*[^<\\s][^<]*</" + tag + ">[^<]*";
    }
}
