package io.recthink.teacher;

/**
 * What a teacher is asked for, and whether it may see the true rating then: the one of the row that a student will predict
 * from the answer.
 */
public enum Purpose {
    /** Four steps and a rating, for the warm start of RecOne. */
    RECONE_TRACE("recone.trace", false),
    /** Three steps that explain a rating, for RecOne. */
    RECONE_RATIONALE("recone.rationale", true),
    /** A reference that explains a rating, for Rec-SAVER. */
    REC_SAVER_REFERENCE("rec-saver.reference", true),
    /** The rating that a reference leads to, for Rec-SAVER. */
    REC_SAVER_VERIFICATION("rec-saver.verification", false),
    /** What a review says of its writer's taste, for EXP3RT. */
    EXP3RT_PREFERENCE("exp3rt.preference", false),
    EXP3RT_USER_PROFILE("exp3rt.user-profile", false),
    EXP3RT_ITEM_PROFILE("exp3rt.item-profile", false),
    /** Why a user gives an item a rating, for EXP3RT. */
    EXP3RT_RATIONALE("exp3rt.rationale", true),
    /** What a past review says, for Reason4Rec. */
    REASON4REC_SUMMARY("reason4rec.summary", false),
    /** What speaks for and against an item, for Reason4Rec. */
    REASON4REC_RATIONALE("reason4rec.rationale", false),
    /** The same, once more, with the rating that the first one missed. */
    REASON4REC_HINTED_RATIONALE("reason4rec.hinted-rationale", true);

    private final String label;
    private final boolean seesTruth;

    Purpose(String label, boolean seesTruth) {
        this.label = label;
        this.seesTruth = seesTruth;
    }

    /** The name in tables and messages. */
    public String label() {
        return label;
    }

    /** Whether the true rating may be shown. */
    public boolean seesTruth() {
        return seesTruth;
    }
}
