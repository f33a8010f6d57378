package io.paritree.output;

import io.paritree.Fault;
import io.paritree.json.JsonText;
import java.util.List;

/** The faults of a row as an index stores them: a JSON array, of the first ones. */
public final class StoredFaults {
  private static final int MAX = 20;

  private StoredFaults() {}

  public static byte[] json(List<Fault> faults) {
    return JsonText.compact(
        json -> {
          json.writeStartArray();
          for (Fault fault : faults.subList(0, Math.min(MAX, faults.size()))) {
            json.writeStartObject();
            if (!fault.field().isEmpty()) {
              json.writeStringField("field", fault.field());
            }

            json.writeStringField("code", fault.code().code());
            json.writeStringField("got", fault.got());
            json.writeStringField("expected", fault.expected());
            if (!fault.hint().isEmpty()) {
              json.writeStringField("hint", fault.hint());
            }

            json.writeEndObject();
          }

          json.writeEndArray();
        });
  }
}
