package io.paritree.model.seal;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.feature.Schema;
import io.paritree.json.JsonText;
import java.io.IOException;

/** Turns a line of a CSV file into the JSON record that means the same. */
final class RowRecord {
  private RowRecord() {}

  /**
   * Returns the record.
   *
   * @param cells one per field of the schema, in its order
   * @param without index of a field to leave out; -1 for none
   */
  static byte[] of(Schema schema, String[] cells, int without) {
    return JsonText.compact(
        JsonText.object(
            out -> {
              for (int index = 0; index < cells.length; index++) {
                if (index != without && !cells[index].isEmpty()) {
                  Field field = schema.fields().get(index);
                  out.writeFieldName(field.column());
                  value(out, field.typed().values(), cells[index]);
                }
              }
            }));
  }

  private static void value(JsonGenerator out, Feature.Values values, String cell)
      throws IOException {
    if (values == Feature.Values.TRUTH && (cell.equals("true") || cell.equals("false"))) {
      out.writeBoolean(cell.equals("true"));
    } else if (!values.isText() && !Double.isNaN(NumberText.parse(cell))) {
      out.writeNumber(cell);
    } else {
      out.writeString(cell);
    }
  }
}
