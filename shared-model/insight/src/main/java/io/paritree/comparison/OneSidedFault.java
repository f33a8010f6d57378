package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * Rows that one model refuses and the other scores, by a fault that they have. A row with several
 * faults is in several of them.
 *
 * @param by the model that refuses them
 * @param field where the fault is; empty if it is of the whole row
 * @param code the code of the fault
 */
public record OneSidedFault(Side by, String field, String code, long rows) {
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("by", by.word());
    json.writeStringField("field", field);
    json.writeStringField("code", code);
    json.writeNumberField("rows", rows);
  }
}
