package io.recthink.teacher;

/**
 * The purpose of a request to a teacher, and whether the teacher may see the true rating. The true rating is the rating
 * of the row that a student will predict from the answer.
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
    /** The taste of a review's author, for EXP3RT. */
    EXP3RT_PREFERENCE("exp3rt.preference", false),
    EXP3RT_USER_PROFILE("exp3rt.user-profile", false),
    EXP3RT_ITEM_PROFILE("exp3rt.item-profile", false),
    /** The reason why a user gives an item a rating, for EXP3RT. */
    EXP3RT_RATIONALE("exp3rt.rationale", true),
    /** A summary of a past review, for Reason4Rec. */
    REASON4REC_SUMMARY("reason4rec.summary", false),
    /** The reasons for and against an item, for Reason4Rec. */
    REASON4REC_RATIONALE("reason4rec.rationale", false),
    /** The reasons again, with the true rating that the first answer missed, for Reason4Rec. */
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

    /** Whether the teacher may see the true rating. */
    public boolean seesTruth() {
        return seesTruth;
    }
}
