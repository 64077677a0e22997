package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenizerExpressionTest {
    /** Those of published tokenizers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // GPT-2, SmolLM2 and StarCoder inside ByteLevel
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                // Llama 3
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                // Qwen2, Qwen3
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                // GPT-4o, Mistral's Tekken, Llama 4
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                // GPT-4 and Phi 4
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
                // DeepSeek V2, V3 and Coder
                "[!\\\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "\\p{N}{1,3}",
                "[一-龥぀-ゟ゠-ヿ]+",
                "[\\r\\n]",
                "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅ]+",
                "\\s?[!-/:-~！-／：-～‘-‟　-。]+",
                "\\s+$",
                "[一-龥ࠀ-一가-퟿]+",
                "\\s?\\p{L}+",
                "\\s?\\p{P}+",
                "\\p{N}",
                // Bloom, Falcon, StarCoder 2, Command R, OLMo 2, Kimi, CLIP, T5
                " ?[^(\\s|[.,!?…。，、।۔،])]+",
                "[0-9][0-9][0-9]",
                "\\d{1,3}(?=(?:\\d{3})*\\b)",
                "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}",
                "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
                " {2,}",
                "\\s+",
                // The word tokenizer
                "\\d+\\.\\d+|\\d+|\\p{L}[\\p{L}\\p{M}']*|[^\\s\\d\\p{L}]",
            })
    void takesTheExpressionsOfPublishedTokenizers(String expression) {
        assertThat(TokenizerExpression.check(expression)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "(a+)+b~repeats a group in which something is repeated or chosen",
                "(?:a*)*~repeats a group",
                "(?:a|a)*b~repeats a group",
                "(?:a|ab)+c~repeats a group",
                "(?:a?){20}~repeats a group",
                "(?:a{1,9}){1,9}b~repeats a group",
                "((?:ab?)+)x~repeats a group",
                "a+*b~repeats a repetition",
                "a{1,3}{1,3}b~repeats a repetition",
                "a{2,3}+b~repeats a repetition",
                "a*a*b~repeats the same characters twice",
                "a*a*(?!c)~repeats the same characters twice",
                "\\s*.*x~repeats the same characters twice",
                ".*.*$~repeats the same characters twice",
                "a*b?a*c~repeats the same characters twice",
                "x*xx*y~repeats the same characters twice",
                "(?:a*|b)(?:a+)c~repeats the same characters twice",
                "a{0,900}a{0,900}b~repeats the same characters twice",
                "(?=a*a*b)~repeats the same characters twice",
                "a*(?=a*b)~repeats the same characters twice",
                "\\w{2,}(?!x|\\w+y)b~repeats the same characters twice",
                "(?:a*a*|b)c~repeats characters twice in a group",
                "(?:(?:a*a*|b)?|d)(?!c)~repeats characters twice in a group",
                "a*(?:b|c|d|e|f|g|h|i|j)?(?:b|c|d|e|f|g|h|i|j)?x~has too many optional parts",
                "a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaa~has too many optional parts",
                "(?:a|b|c|d|e|f|g|h)(?:a|b|c|d|e|f|g|h)(?:a|b|c|d|e|f|g|h)(?:a|b|c|d|e|f|g|h)(?:a|b|c|d|e|f|g|h)x~has too many optional parts",
                "(a)\\1~has \\1, which is not supported",
                "(?<n>a\\g<n>?b)~has (?<n, which is not supported",
                "\\g<0>~has \\g, which is not supported",
                "\\k<n>~has \\k, which is not supported",
                "(?<=a+)b~has (?<=, which is not supported",
                "(?(1)a|b)~has (?(1, which is not supported",
                "(*FAIL)~has a quantifier without anything before it",
                "\\Ka~has \\K, which is not supported",
                "\\X+~has \\X, which is not supported",
                "a{99999}~repeats something more than 1000 times",
                "(~lacks a closing bracket",
                "a)~closes a bracket",
                "[a~lacks the end of a class",
                "\\~has \\, which is not supported",
                "\\p{L~has \\p{L, which is not supported",
            })
    void refusesWhatMayTakeTooManyAttempts(String expression, String message) {
        assertThatThrownBy(() -> TokenizerExpression.check(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x*", "a|", "(?!a)", "x{0,3}", "(?:a|b*)", "$", "\\b", "(a?)", "(?=(\\d{3})+(?!\\d))"})
    void tellsWhatCanMatchNothing(String expression) {
        assertThat(TokenizerExpression.check(expression)).isTrue();
    }

    @Test
    void endsSoonHoweverLongTheExpressionIs() {
        for (String part :
                new String[] {"a", "a|", "[a]", "\\p{L}", "(", "[", "a{1,2}", "(?:a)", "\\x{41}", "[a&&", "."}) {
            String expression = part.repeat((1 << 14) / part.length());
            try {
                TokenizerExpression.check(expression);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).hasSizeLessThan(200);
            }
        }
        assertThatThrownBy(() -> TokenizerExpression.check("a".repeat(20_000)))
                .hasMessage("has more than 16384 characters");
    }
}
