#include "fakegrid/node/life_log.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "fakegrid/node/core.h"

namespace drydock::fakegrid {

// 12.1 puts no marks around names.
std::string LifeLog::quoted(const std::string& name) const {
  return core_.version.at_least(14) ? "`" + name + "`" : name;
}

void LifeLog::state_kept(const char* text) const {
  log_info(core_.env, "[o.i.CONTAINER] {}, version={} timestamp={}", text, core_.config.version,
           format_rfc3339_micro(core_.env.wall_now()));
}

void LifeLog::starts() const {
  if (!core_.config.verbose_log) return;
  log_info(core_.env,
           "[o.i.CONTAINER] ISPN000556: Starting user marshaller "
           "'org.infinispan.commons.marshall.ImmutableProtoStreamMarshaller'");
  if (!core_.version.at_least(15))
    log_at(core_.env, spdlog::level::warn,
           "[o.i.PERSISTENCE] ISPN000554: jboss-marshalling is deprecated and planned for removal");
  if (core_.version.major == 14)
    log_at(core_.env, spdlog::level::warn,
           "[o.i.p.i.AnnotatedDescriptorImpl] Encountered and ignored and unknown annotation "
           "\"Scope\" on org.infinispan.persistence.query.core.LocalQueryStatistics");
  log_info(core_.env, "[o.i.CLUSTER] ISPN000078: Starting JGroups channel {} with stack {}",
           quoted(core_.config.cluster_name), quoted(core_.config.stack));
}

void LifeLog::joined() const {
  if (!core_.config.verbose_log) return;
  log_info(core_.env,
           "[o.i.CLUSTER] ISPN000079: Channel {} local address is {}, physical addresses are {}",
           quoted(core_.config.cluster_name), quoted(core_.config.name),
           quoted("[" + core_.self + ":7800]"));
  state_kept(core_.config.finds_global_state ? "ISPN000389: Loaded global state"
                                             : "ISPN000390: Persisted state");
  log_info(core_.env, "[o.i.CONTAINER] ISPN000104: Using EmbeddedTransactionManager");
  if (core_.version.major == 14)
    log_info(core_.env,
             "[o.i.s.c.t.TelemetryServiceFactory] ISPN000953: OpenTelemetry integration is "
             "disabled");
}

void LifeLog::leaves() const {
  if (!core_.config.verbose_log) {
    log_info(core_.env, "ISPN000080: Disconnecting JGroups channel `{}`",
             core_.config.cluster_name);
    return;
  }
  state_kept("ISPN000390: Persisted state");
  log_info(core_.env, "[o.i.CLUSTER] ISPN000080: Disconnecting JGroups channel {}",
           quoted(core_.config.cluster_name));
}

}  // namespace drydock::fakegrid
