package io.recthink.prompt;

/** A prompt that fits, and what was left out of it for that. */
public final class FittedPrompt {
    private final int[] tokens;
    private final int purchasesLeftOut;
    private final double targetShare;

    FittedPrompt(int[] tokens, int purchasesLeftOut, double targetShare) {
        this.tokens = tokens;
        this.purchasesLeftOut = purchasesLeftOut;
        this.targetShare = targetShare;
    }

    /** The token ids, at most as many as the encoder allows. */
    public int[] tokens() {
        return tokens.clone();
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
