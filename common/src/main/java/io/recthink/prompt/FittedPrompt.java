package io.recthink.prompt;

/** A prompt that fits the token limit, and the parts that the encoder left out. */
public final class FittedPrompt {
    private final EncodedText prompt;
    private final int purchasesLeftOut;
    private final double targetShare;

    FittedPrompt(EncodedText prompt, int purchasesLeftOut, double targetShare) {
        this.prompt = prompt;
        this.purchasesLeftOut = purchasesLeftOut;
        this.targetShare = targetShare;
    }

    /** The prompt after the chat template: the text of the token ids. */
    public String text() {
        return prompt.text();
    }

    /** The token ids, at most {@code prompt.maxTokens}. */
    public int[] tokens() {
        return prompt.tokens().clone();
    }

    /** The number of past purchases, the oldest ones, that the encoder left out. */
    public int purchasesLeftOut() {
        return purchasesLeftOut;
    }

    /**
     * The share of the configured numbers of characters that the texts of the target may have; 1 when they are whole.
     */
    public double targetShare() {
        return targetShare;
    }
}
