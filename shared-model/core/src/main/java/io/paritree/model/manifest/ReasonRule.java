package io.paritree.model.manifest;

import java.util.Objects;
import java.util.Optional;

/**
 * What a manifest says of a feature as a reason for a score.
 *
 * @param group features of one group are one reason; empty for the group of the feature's column
 * @param never whether it is never named as a reason
 * @param up how it is called where it raises the margin
 * @param down how it is called where it lowers the margin
 */
public record ReasonRule(
    Optional<String> group, boolean never, Optional<Code> up, Optional<Code> down) {
  /** Nothing is said. */
  public static final ReasonRule NONE =
      new ReasonRule(Optional.empty(), false, Optional.empty(), Optional.empty());

  /**
   * How a reason is called.
   *
   * @param code the user's own code for it
   * @param text a sentence for people; empty if there is none
   */
  public record Code(String code, Optional<String> text) {
    public Code {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(text, "text");
    }
  }

  public ReasonRule {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(up, "up");
    Objects.requireNonNull(down, "down");
  }

  /** Returns whether the feature is never named, or has a code. */
  boolean hasReason() {
    return never || up.isPresent() || down.isPresent();
  }

  /** Returns the same without the group. */
  ReasonRule ungrouped() {
    return new ReasonRule(Optional.empty(), never, up, down);
  }
}
