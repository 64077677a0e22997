package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReviewLanguageTest {
    private final ReviewLanguage language = new ReviewLanguage();
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void whatIsWrittenIsReadBack() {
        for (int aspect = 0; aspect < SimulateSettings.MAX_ASPECTS; aspect++) {
            for (int other = 0; other < SimulateSettings.MAX_ASPECTS; other++) {
                List<Mention> mentions = List.of(new Mention(aspect, Taste.LIKED), new Mention(other, Taste.DISLIKED));
                assertThat(language.read(language.review(mentions, random))).isEqualTo(mentions);
            }
        }
    }

    @Test
    void aReviewWithoutMentionsHasTextAndSaysNothing() {
        String review = language.review(List.of(), random);
        assertThat(review).isNotBlank();
        assertThat(language.read(review)).isEmpty();
    }

    @Test
    void theSameMentionIsWrittenInSeveralWays() {
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            texts.add(language.review(List.of(new Mention(0, Taste.LIKED)), random));
        }
        assertThat(texts).hasSizeGreaterThan(3);
    }

    @Test
    void everyAspectHasItsOwnName() {
        List<String> names = new ArrayList<>();
        for (int aspect = 0; aspect < SimulateSettings.MAX_ASPECTS; aspect++) {
            names.add(ReviewLanguage.aspect(aspect));
        }
        assertThat(names).doesNotHaveDuplicates();
    }
}
