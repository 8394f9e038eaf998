/** What is known of every task: {@link dev.moa.async.table.TaskTable}, rebuilt from Kafka by {@link dev.moa.async.table.TableFeed}. */
@NullMarked
package dev.moa.async.table;

import org.jspecify.annotations.NullMarked;
