package io.paritree.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import java.io.IOException;
import java.util.HexFormat;

/** How a line differs from what its model gives now. Their order is that of the lines. */
record LineDifference(LinePlace at, LineFinding.Different difference)
    implements Comparable<LineDifference> {

  /** Returns a number with its bits. */
  static String shown(float value) {
    return "%s (0x%s)".formatted(value, HexFormat.of().toHexDigits(Float.floatToIntBits(value)));
  }

  /** Returns a line for people. */
  String text() {
    return "%s line %s, request %s row %s: %s %s is logged, %s scored again"
        .formatted(
            Fault.printableLine(at.path()),
            at.line(),
            at.requestId().isEmpty() ? "without id" : Fault.printable(at.requestId()),
            Fault.printable(at.row()),
            Fault.printable(difference.column()),
            Fault.printable(difference.logged()),
            Fault.printable(difference.again()));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("file", at.path());
    json.writeNumberField("line", at.line());
    json.writeStringField("request_id", at.requestId());
    json.writeStringField("row", at.row());
    json.writeStringField("column", difference.column());
    json.writeStringField("logged", difference.logged());
    json.writeStringField("again", difference.again());
  }

  @Override
  public int compareTo(LineDifference other) {
    return at.compareTo(other.at);
  }
}
