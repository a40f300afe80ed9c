-- The benchmark's telemetry: @measures metrics and @logs log entries of 500 processes, in blocks as their streams sent them, so that
-- a block's rows share process, stream and block and lie close in time. Values come from hashes: every run makes the same rows.
CREATE MACRO u(h) AS (h >> 11)::DOUBLE / 9007199254740992.0;
CREATE MACRO uuidof(s) AS (substr(md5(s), 1, 8) || '-' || substr(md5(s), 9, 4) || '-' || substr(md5(s), 13, 4) || '-' || substr(md5(s), 17, 4) || '-' || substr(md5(s), 21, 12));
CREATE TABLE processes AS SELECT i::INT AS pidx, uuidof('p' || i) AS process_id,
    (['game-client', 'game-server', 'editor', 'asset-cooker', 'telemetry-ingest', 'build-agent', 'crash-uploader', 'lobby', 'matchmaker', 'analytics',
      'render-farm', 'shader-compiler', 'daemon-analytics', 'flight-sql-srv', 'http-gateway', 'cache-server', 'auth', 'voice', 'leaderboard', 'replicator'])[1 + (hash(i, 1) % 20)::INT] || '.exe' AS exe,
    'user_' || lpad((hash(i, 2) % 150)::VARCHAR, 3, '0') AS username,
    'HOST-' || upper(substr(md5('c' || (hash(i, 3) % 300)), 1, 8)) AS computer,
    (['windows', 'linux', 'ps5', 'xsx'])[1 + (hash(i, 4) % 4)::INT] AS platform,
    make_timestamp_ns(1750000000000000000 - (hash(i, 5) % 86400000000000)::BIGINT) AS start_time
  FROM range(500) t(i);
CREATE TABLE names AS SELECT i::INT AS nidx,
    (['frame_time', 'gpu_time', 'cpu_usage', 'mem_used', 'alloc_count', 'net_in_bytes', 'net_out_bytes', 'disk_read', 'queue_depth', 'latency'])[1 + (i % 10)::INT] || '_' ||
    (['main', 'render', 'audio', 'physics', 'ai', 'io', 'net', 'ui', 'anim', 'script', 'stream', 'cook', 'save', 'load', 'gc', 'pool', 'lock', 'job', 'task', 'misc'])[1 + (i // 10)::INT] AS name,
    (['engine', 'core', 'render', 'net', 'audio', 'ai'])[1 + (hash(i, 7) % 6)::INT] || '::' || (['stats', 'perf', 'mem', 'io', 'sched', 'timing', 'gc', 'alloc', 'sync'])[1 + (hash(i, 8) % 9)::INT] AS target,
    (['ms', 'ms', 'percent', 'bytes', 'count', 'bytes', 'bytes', 'bytes', 'count', 'us'])[1 + (i % 10)::INT] AS unit,
    (i % 10) AS kind
  FROM range(200) t(i);
CREATE TABLE targets AS SELECT i::INT AS tidx,
    (['engine', 'core', 'render', 'net', 'audio', 'ai', 'ui', 'tools', 'online', 'save'])[1 + (i % 10)::INT] || '::' ||
    (['world', 'asset', 'stream', 'scene', 'session', 'http', 'rpc', 'texture', 'mesh', 'shader', 'physics', 'anim', 'login', 'store', 'match', 'party', 'voice', 'replay', 'input', 'config',
      'cache', 'sched', 'job', 'gc', 'db', 'queue', 'auth', 'crash', 'telemetry', 'patch'])[1 + (i // 10)::INT] AS target
  FROM range(300) t(i);
CREATE TABLE templates AS SELECT row_number() OVER () - 1 AS k, t FROM (VALUES
('Loaded asset /Game/Maps/Zone_{a}/Meshes/SM_{c}_{b}.uasset in {d} ms'),
('Session {b}{e} heartbeat ok, rtt={d}ms jitter={a}us loss=0.{a}%'),
('HTTP GET https://api.example.com/v2/players/{b}/inventory?page={a} -> 200 ({d} ms, {a} bytes)'),
('Frame {a} took {d} ms (game {a} us, render {d} us, gpu {a} us)'),
('Streaming level chunk {b} priority={d} distance={a} requested by {c}'),
('Texture pool: resident={a} KB wanted={d} KB evicted={a} handle=0x{b}'),
('Player {c}#{a} joined party {b} from region eu-west-{d}'),
('Garbage collection finished: {a} objects, {d} ms, generation 2, heap {b}'),
('Connection {b} closed by peer after {a} packets, last sequence {d}'),
('cache miss for key shader:{b}:{e} permutation={a}, compiling in background'),
('Physics substep {a} exceeded budget by {d} us on island {c}_{a}'),
('Saved game slot {d} for user {c} ({a} bytes, checksum {b}{e})'),
('Replication graph: {a} actors considered, {d} relevant, connection {b}'),
('RPC ServerMove(ts={a}, accel={d}, view={a}) from controller {c}_C_{a}'),
('Job {b} scheduled on worker {d} after waiting {a} us in queue {c}'),
('db: SELECT player_state WHERE id = {b} returned {d} rows in {a} us'),
('Config value r.Streaming.PoolSize changed from {a} to {d} by console command from {c}'),
('Matchmaking ticket {b}{e} state changed Searching -> Assigned (queue {c}, wait {a} ms, attempt {d})'),
('Audio voice {a} virtualized: source {c}_Loop_{d} volume below threshold at listener 0x{b}'),
('Animation blueprint ABP_{c} evaluated {a} nodes in {d} us for mesh instance {b}')) v(t);
CREATE TABLE etemplates AS SELECT row_number() OVER () - 1 AS k, t FROM (VALUES
('Failed to open file /var/data/save/{b}.dat: error code {a} (retry {d}/10)'),
('Unhandled error in task {c}: connection reset by peer (session {b}, after {a} ms)'),
('Request {b}{e} timed out after {a} ms while waiting for {c}'),
('Shader compile error X{a}: undeclared identifier {c} in /Engine/Private/{c}.usf({d})'),
('Assertion failed: Index >= 0 && Index < ArrayNum [File:{c}.cpp] [Line: {a}] object 0x{b}')) v(t);
SET VARIABLE targets = (SELECT list(target ORDER BY tidx) FROM targets);
SET VARIABLE tt = (SELECT list(t ORDER BY k) FROM templates);
SET VARIABLE et = (SELECT list(t ORDER BY k) FROM etemplates);
CREATE TABLE mblocks AS
  WITH b AS (SELECT i AS b, (1000 + hash(i, 11) % 6190)::BIGINT AS n FROM range(@measures // 4000 + 1) t(i)),
  c AS (SELECT b, n, (sum(n) OVER (ORDER BY b) - n)::BIGINT AS off FROM b)
  SELECT c.b, LEAST(n, @measures - off)::BIGINT AS n, off, p.pidx, p.process_id, uuidof('s' || p.pidx || '_' || (hash(c.b, 13) % 3)) AS stream_id, uuidof('mb' || c.b) AS block_id,
    1750000000000000000 + (off * 1440000)::BIGINT AS begin_ns, exe, username, computer
  FROM c JOIN processes p ON p.pidx = floor(500 * pow(u(hash(c.b, 12)), 1.6))::INT WHERE off < @measures ORDER BY c.b;
CREATE TABLE measures AS
  SELECT m.process_id, m.stream_id, m.block_id, make_timestamp_ns(begin_ns + 61000000000 + (hash(b, 14) % 2000000000)::BIGINT) AS insert_time, exe, username, computer,
    make_timestamp_ns((begin_ns + i * (60000000000 // m.n) + (hash(b, i, 15) % (60000000000 // m.n)::UBIGINT)::BIGINT)::BIGINT) AS time,
    nm.target, nm.name, nm.unit,
    CASE WHEN nm.kind IN (3, 5, 6, 7) THEN (hash(b, i, 17) % 100000000)::DOUBLE WHEN nm.kind IN (4, 8) THEN (hash(b, i, 17) % 1000)::DOUBLE
      ELSE exp(2.0 + 1.2 * (u(hash(b, i, 17)) + u(hash(b, i, 18)) + u(hash(b, i, 19)) - 1.5)) END AS value
  FROM (SELECT *, unnest(range(n)) AS i FROM mblocks) m
  JOIN names nm ON nm.nidx = (hash(m.pidx, floor(40 * pow(u(hash(b, i, 16)), 1.5))::INT) % 200)::INT;
CREATE TABLE lblocks AS
  WITH b AS (SELECT i AS b, (200 + hash(i, 21) % 1620)::BIGINT AS n FROM range(@logs // 1000 + 1) t(i)),
  c AS (SELECT b, n, (sum(n) OVER (ORDER BY b) - n)::BIGINT AS off FROM b)
  SELECT c.b, LEAST(n, @logs - off)::BIGINT AS n, off, p.pidx, p.process_id, uuidof('ls' || p.pidx || '_' || (hash(c.b, 13) % 2)) AS stream_id, uuidof('lb' || c.b) AS block_id,
    1750000000000000000 + (off * 3600000)::BIGINT AS begin_ns, exe, username, computer
  FROM c JOIN processes p ON p.pidx = floor(500 * pow(u(hash(c.b, 22)), 1.6))::INT WHERE off < @logs ORDER BY c.b;
CREATE TABLE log_entries AS
  WITH r AS (SELECT m.*, u(hash(b, i, 30)) AS ul, hash(b, i, 31) AS h1, hash(b, i, 32) AS h2, hash(b, i, 33) AS h3 FROM (SELECT *, unnest(range(n)) AS i FROM lblocks) m),
  r2 AS (SELECT r.*, CASE WHEN ul < 0.0005 THEN 1 WHEN ul < 0.012 THEN 2 WHEN ul < 0.06 THEN 3 WHEN ul < 0.66 THEN 4 WHEN ul < 0.9 THEN 5 ELSE 6 END AS level FROM r)
  SELECT r2.process_id, r2.stream_id, r2.block_id, make_timestamp_ns(begin_ns + 61000000000 + (hash(b, 14) % 2000000000)::BIGINT) AS insert_time, exe, username, computer,
    make_timestamp_ns((begin_ns + i * (60000000000 // r2.n) + (hash(b, i, 15) % (60000000000 // r2.n)::UBIGINT)::BIGINT)::BIGINT) AS time,
    (getvariable('targets'))[1 + floor(300 * pow(u(hash(b, i, 34)), 2.5))::INT] AS target, level::INT AS level,
    replace(replace(replace(replace(replace(
      CASE WHEN level <= 2 OR (level = 3 AND h1 % 5 = 0) THEN (getvariable('et'))[1 + (hash(b, i, 36) % 5)::INT] ELSE (getvariable('tt'))[1 + (hash(b, i, 35) % 20)::INT] END,
      '{a}', (h1 % (CASE WHEN h3 % 3 = 0 THEN 1000 ELSE 1000000 END))::VARCHAR), '{b}', printf('%08x', (h2 % 4294967296)::UBIGINT)), '{d}', (h3 % 100)::VARCHAR),
      '{e}', printf('%08x', (h3 % 4294967296)::UBIGINT)),
      '{c}', (['Orc', 'Knight', 'Dragon', 'Bridge', 'Castle', 'River', 'Tower', 'Forest', 'Wagon', 'Archer', 'Wolf', 'Tavern', 'Harbor', 'Miner', 'Golem', 'Shrine'])[1 + ((h2 >> 32) % 16)::INT]) AS msg
  FROM r2;
