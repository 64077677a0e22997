package io.recthink.prompt;

/** A prompt that fits, and what was left out of it for that. */
public final class FittedPrompt {
    private final EncodedText prompt;
    private final int purchasesLeftOut;
    private final double targetShare;

    FittedPrompt(EncodedText prompt, int purchasesLeftOut, double targetShare) {
        this.prompt = prompt;
        this.purchasesLeftOut = purchasesLeftOut;
        this.targetShare = targetShare;
    }

    /** What the model's chat template made of the messages: the text that the token ids stand for. */
    public String text() {
        return prompt.text();
    }

    /** The token ids, at most as many as the encoder allows. */
    public int[] tokens() {
        return prompt.tokens().clone();
    }

    /** Past purchases, the oldest ones, that had to go. */
    public int purchasesLeftOut() {
        return purchasesLeftOut;
    }

    /** The share of the configured characters that the target's texts could have; 1 when they are whole. */
    public double targetShare() {
        return targetShare;
    }
}
