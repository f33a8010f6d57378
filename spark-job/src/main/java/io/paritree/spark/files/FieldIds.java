package io.paritree.spark.files;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The numbers by which a table knows its columns, which stay the same when columns are renamed.
 *
 * @param byName empty if files have none; of the elements of lists and the fields of structs by
 *     {@code column.element.field}
 */
record FieldIds(HashMap<String, Integer> byName) implements Serializable {
  static final FieldIds NONE = new FieldIds(new HashMap<>());

  static FieldIds of(Map<String, Integer> byName) {
    return new FieldIds(new HashMap<>(byName));
  }

  /** Returns the same columns with their ids. */
  WriteSupport.WriteContext in(WriteSupport.WriteContext context) {
    MessageType schema = context.getSchema();
    return byName.isEmpty()
        ? context
        : new WriteSupport.WriteContext(
            new MessageType(
                schema.getName(),
                schema.getFields().stream().map(type -> in(type, type.getName())).toList()),
            context.getExtraMetaData());
  }

  private Type in(Type type, String name) {
    Type own = type;
    if (!type.isPrimitive()) {
      GroupType group = type.asGroupType();
      boolean isList = type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation;
      own =
          isList
              ? group.withNewFields(elements(group.getType(0).asGroupType(), name))
              : group.withNewFields(
                  group.getFields().stream()
                      .map(field -> in(field, name + "." + field.getName()))
                      .toList());
    }

    return byName.containsKey(name) ? own.withId(byName.get(name)) : own;
  }

  /** Returns the repeated group of a list. */
  private Type elements(GroupType repeated, String name) {
    return repeated.withNewFields(in(repeated.getType(0), name + ".element"));
  }
}
