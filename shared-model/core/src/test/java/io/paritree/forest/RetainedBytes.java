package io.paritree.forest;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Roughly the bytes that an engine or an explainer retains: its objects and arrays, each once. */
public final class RetainedBytes {
  private static final int HEADER = 16;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Class<?>> without;

  private RetainedBytes(Set<Class<?>> without) {
    this.without = without;
  }

  /**
   * @param without classes whose objects are not counted, nor anything below them
   */
  public static long of(Object root, Class<?>... without) {
    return new RetainedBytes(Set.of(without)).count(root);
  }

  private long count(Object value) {
    if (value == null || without.contains(value.getClass()) || !seen.add(value)) {
      return 0;
    }

    Class<?> type = value.getClass();
    long bytes = HEADER;
    if (type.isArray()) {
      bytes += (long) Array.getLength(value) * size(type.getComponentType());
      for (int at = 0; value instanceof Object[] items && at < items.length; at++) {
        bytes += count(items[at]);
      }

      return bytes;
    }

    if (value instanceof Collection<?> items) {
      for (Object item : items) {
        bytes += count(item);
      }

      return bytes;
    }

    boolean isOurs = type.getName().startsWith("io.paritree.") && !type.isHidden();
    return isOurs && !type.isEnum() ? bytes + fields(value, type) : 0;
  }

  private long fields(Object value, Class<?> type) {
    if (type == Object.class) {
      return 0;
    }

    long bytes = fields(value, type.getSuperclass());
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        bytes += size(field.getType());
        bytes += field.getType().isPrimitive() ? 0 : count(valueOf(field, value));
      }
    }

    return bytes;
  }

  private static Object valueOf(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return Long.BYTES;
    } else if (type == boolean.class || type == byte.class) {
      return 1;
    }

    return type == short.class || type == char.class ? Short.BYTES : Integer.BYTES;
  }
}
