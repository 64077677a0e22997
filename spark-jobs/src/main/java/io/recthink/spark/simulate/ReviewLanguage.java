package io.recthink.spark.simulate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The words of the simulated log: names of aspects, and the sentences of reviews. A review can be parsed without loss,
 * so that the oracle knows everything that a reader of the review knows.
 */
final class ReviewLanguage {
    private static final List<String> ASPECTS =
            List.of("battery", "cable", "colour", "comfort", "display", "finish", "price", "sound", "strap", "weight");
    private static final List<String> PRAISE = List.of("great %s", "love the %s", "%s is good", "nice %s");
    private static final List<String> COMPLAINT = List.of("poor %s", "hate the %s", "%s is bad", "weak %s");
    private static final List<String> NOTHING_TO_SAY = List.of("it is okay", "it does what it should");
    private static final List<String> SUMMARIES =
            List.of("Avoid", "Not for me", "Okay", "Good", "Could not be better"); // 1 to 5 stars

    private final Map<String, Mention> meanings = new HashMap<>();

    ReviewLanguage() {
        for (int aspect = 0; aspect < ASPECTS.size(); aspect++) {
            learn(PRAISE, aspect, Taste.LIKED);
            learn(COMPLAINT, aspect, Taste.DISLIKED);
        }
    }

    private void learn(List<String> sentences, int aspect, Taste taste) {
        for (String sentence : sentences) {
            meanings.put(sentence.formatted(ASPECTS.get(aspect)), new Mention(aspect, taste));
        }
    }

    /** The name of an aspect. */
    static String aspect(int aspect) {
        return ASPECTS.get(aspect);
    }

    /** The text of a review: one sentence for each mention, each with a full stop. */
    String review(List<Mention> mentions, RandomGenerator random) {
        if (mentions.isEmpty()) {
            return any(NOTHING_TO_SAY, random) + ".";
        }
        return mentions.stream().map(mention -> sentence(mention, random) + ".").collect(Collectors.joining(" "));
    }

    private static String sentence(Mention mention, RandomGenerator random) {
        List<String> sentences =
                switch (mention.taste()) {
                    case LIKED -> PRAISE;
                    case DISLIKED -> COMPLAINT;
                    case INDIFFERENT -> throw new IllegalArgumentException("nobody writes about " + mention);
                };
        return any(sentences, random).formatted(ASPECTS.get(mention.aspect()));
    }

    /** The mentions of a review; unknown sentences are ignored. */
    List<Mention> read(String review) {
        return review.lines()
                .flatMap(line -> List.of(line.split("\\.")).stream())
                .map(sentence -> meanings.get(sentence.strip()))
                .filter(mention -> mention != null)
                .toList();
    }

    /** The summary of a review: it only repeats the rating. */
    static String summary(int stars) {
        return SUMMARIES.get(stars - 1);
    }

    private static String any(List<String> texts, RandomGenerator random) {
        return texts.get(random.nextInt(texts.size()));
    }
}
