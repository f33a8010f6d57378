package io.paritree.replay;

import io.paritree.model.RecordedModels;
import java.util.Map;

/**
 * A line with what was found.
 *
 * @param members none if the line cannot be read
 */
record ReplayedLine(LoggedLine line, LoggedLine.Members members, LineResult result) {
  private static final LoggedLine.Members NONE =
      new LoggedLine.Members(new RecordedModels.Recorded("", ""), Map.of());

  /** Returns a line that cannot be read. */
  static ReplayedLine unreadable(LoggedLine line, String why) {
    return new ReplayedLine(line, NONE, new LineResult.Unreadable(why));
  }
}
