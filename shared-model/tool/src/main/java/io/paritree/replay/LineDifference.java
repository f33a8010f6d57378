package io.paritree.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.output.PredictionColumns;
import java.io.IOException;

/** How a line differs from what its model gives now. */
record LineDifference(
    LoggedLine line, LoggedLine.Members members, LineResult.Different difference) {

  /** Returns a line for people. */
  String text() {
    String requestId = members.text(PredictionColumns.REQUEST_ID);
    return "%s, request %s row %s: %s %s is logged, %s scored again"
        .formatted(
            line.place(),
            requestId.isEmpty() ? "without id" : Fault.printable(requestId),
            Fault.printable(members.text(PredictionColumns.ROW)),
            Fault.printable(difference.column()),
            Fault.printable(difference.logged()),
            Fault.printable(difference.again()));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("file", line.path().toString());
    json.writeNumberField("line", line.number());
    json.writeStringField("request_id", members.text(PredictionColumns.REQUEST_ID));
    json.writeStringField("row", members.text(PredictionColumns.ROW));
    json.writeStringField("column", difference.column());
    json.writeStringField("logged", difference.logged());
    json.writeStringField("again", difference.again());
  }
}
