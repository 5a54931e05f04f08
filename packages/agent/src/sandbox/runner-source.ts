import { bridgeSource } from "./network/bridge-source.ts";

/**
 * PID 1 of a thread's sandbox, in Perl (perl-base modules only, since git brings Perl everywhere and Node would cost 38 MB
 * per thread). Its stdin and stdout carry the frames described in `frames.ts`; arguments: the most processes
 * that its commands may have, and the most bytes of one file.
 *
 * Each command has a supervisor, a child subreaper that holds whatever the command orphans. A supervisor ends when its
 * command ends or when it is killed; its remains then become children of PID 1, which kills every child that is no
 * supervisor before it reports the exit. The bridge to the network is a supervisor that supervises nothing; it is killed
 * with the last command and started again by the host. PID 1 and the supervisors are not dumpable: commands run as the same user and
 * must not reach the protocol through /proc.
 */
export const runnerSource = String.raw`use strict;
use warnings;
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use POSIX ();

use constant { RUN => 1, STDIN_DATA => 2, STDIN_END => 3, KILL => 4 };
use constant { READY => 0, STDOUT_DATA => 1, STDERR_DATA => 2, STDIN_TAKEN => 3, STDIN_CLOSED => 4, EXIT => 5 };
use constant { CHUNK => 65536, HIGH_WATER => 262144, MOST_COMMANDS => 100, PROCESSES_KEPT_FREE => 2 * 100 };
use constant { OWN_OOM_SCORE => 500, COMMANDS_OOM_SCORE => 1000 };
use constant { PR_SET_DUMPABLE => 4, PR_SET_CHILD_SUBREAPER => 36, RLIMIT_FSIZE => 1, RLIMIT_CORE => 4, RLIMIT_NPROC => 6 };

my %SYSCALLS = (x86_64 => { prctl => 157, prlimit => 302 }, aarch64 => { prctl => 167, prlimit => 261 });
my $machine = (POSIX::uname())[4];
my $syscalls = $SYSCALLS{$machine} or die "this machine type is not supported: $machine\n";

sub prctl {
    my ($option, $value) = @_;
    syscall($syscalls->{prctl}, $option, $value, 0, 0, 0) == 0 or die "prctl $option: $!\n";
}

# Fails only where a lower limit is already in force, which then stays.
sub set_limit {
    my ($resource, $value) = @_;
    syscall($syscalls->{prlimit}, 0, $resource, pack('QQ', $value, $value), 0);
}

# Whatever Heddle itself has inherited and passed on unknowingly.
opendir(my $descriptors, '/proc/self/fd') or die "/proc/self/fd: $!\n";
my @inherited = grep { /^\d+$/ && $_ > 2 } readdir $descriptors;
closedir $descriptors;
POSIX::close($_) for @inherited;

my ($processes, $file_bytes) = map { $_ + 0 } @ARGV;

# Under memory pressure the kernel is to take an agent's processes before the host's, and commands before this one, which
# starts them with a score that is its own only for that moment. Opened while it still may.
open(my $oom_score, '>', '/proc/self/oom_score_adj');
sub set_oom_score { my ($score) = @_; sysseek($oom_score, 0, 0) && syswrite($oom_score, $score) if $oom_score }
set_oom_score(OWN_OOM_SCORE);
prctl(PR_SET_DUMPABLE, 0);
set_limit(RLIMIT_NPROC, $processes + PROCESSES_KEPT_FREE);
set_limit(RLIMIT_FSIZE, $file_bytes);
$SIG{PIPE} = 'IGNORE';

open(my $host_in, '<&', \*STDIN) or die "stdin: $!\n";
open(my $host_out, '>&', \*STDOUT) or die "stdout: $!\n";
open(my $null, '+<', '/dev/null') or die "/dev/null: $!\n";
POSIX::dup2(fileno($null), $_) for 0, 1;
do_not_block($_) for $host_in, $host_out;

my %commands;
my ($received, $to_send) = ('', '');
my $sweeping_since = 0;
my $lists_children = -r '/proc/1/task/1/children';

sub do_not_block {
    my ($handle) = @_;
    fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!\n";
}

sub emit {
    my ($type, $id, $payload) = @_;
    $to_send .= pack('NCN', length $payload, $type, $id) . $payload;
}

sub refuse {
    my ($id, $reason) = @_;
    emit(STDERR_DATA, $id, "heddle: $reason\n");
    emit(EXIT, $id, pack('NN', 126, 0));
}

# In the command's own process; never returns.
sub become {
    my ($in, $out, $err, $cwd, $argv, $env) = @_;
    POSIX::setsid();
    POSIX::dup2(fileno($in), 0);
    POSIX::dup2(fileno($out), 1);
    POSIX::dup2(fileno($err), 2);
    my $fail = sub { my ($code, $text) = @_; POSIX::write(2, $text, length $text); POSIX::_exit($code) };
    $SIG{PIPE} = 'DEFAULT';
    set_limit(RLIMIT_NPROC, $processes);
    # 1, not 0: only 1 also keeps the host's core dump handler from being run.
    set_limit(RLIMIT_CORE, 1);
    chdir $cwd or $fail->(126, "heddle: cannot enter $cwd: $!\n");
    %ENV = map { split /=/, $_, 2 } @$env;
    no warnings 'exec';
    exec { $argv->[0] } @$argv;
    $fail->($!{ENOENT} ? 127 : 126, "heddle: cannot run $argv->[0]: $!\n");
}

# In the supervisor's own process; never returns.
sub supervise {
    my ($in, $out, $err, $status, @rest) = @_;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    my $child = fork();
    if (!defined $child) {
        syswrite($err, "heddle: cannot start a process: $!\n");
        syswrite($status, pack('N', 126 << 8));
        POSIX::_exit(0);
    }
    become($in, $out, $err, @rest) if $child == 0;
    close $_ for $in, $out, $err;
    while ((my $pid = waitpid(-1, 0)) > 0) {
        next if $pid != $child;
        syswrite($status, pack('N', $?));
        last;
    }
    POSIX::_exit(0);
}

sub start_command {
    my ($id, $payload) = @_;
    my ($cwd, $has_stdin, $is_bridge, $argc, @argv) = unpack('(N/a*)*', $payload);
    my @env = splice(@argv, $argc);
    return refuse($id, 'too many commands at once') if keys(%commands) >= MOST_COMMANDS;
    my ($in, $stdin);
    if (!$has_stdin) { $in = $null }
    elsif (!pipe($in, $stdin)) { return refuse($id, "pipe: $!") }
    pipe(my $stdout, my $out) && pipe(my $stderr, my $err) && pipe(my $status, my $status_out)
        or return refuse($id, "pipe: $!");
    set_oom_score(COMMANDS_OOM_SCORE);
    my $supervisor = fork();
    my $failure = $!;
    set_oom_score(OWN_OOM_SCORE) if !defined $supervisor || $supervisor;
    return refuse($id, "cannot start a process: $failure") if !defined $supervisor;
    if ($supervisor == 0) {
        # Another command's pipe kept open here would never reach its end.
        close $_ for grep { defined } $host_in, $host_out, $stdin, $stdout, $stderr, $status,
            map { @$_{qw(stdin stdout stderr status)} } values %commands;
        supervise($in, $out, $err, $status_out, $cwd, \@argv, \@env) if !$is_bridge;
        eval { bridge($out, @argv) };
        syswrite($err, "heddle: $@");
        POSIX::_exit(1);
    }
    do_not_block($_) for grep { defined } $stdin, $stdout, $stderr;
    $commands{$id} = {
        supervisor => $supervisor, is_bridge => $is_bridge, stdin => $stdin, stdout => $stdout, stderr => $stderr, status => $status,
        pending => '', input_ended => 0, ended => 0, result => 9,
    };
}

sub close_stdin {
    my ($id, $command) = @_;
    close $command->{stdin} if $command->{stdin};
    $command->{stdin} = undef;
    $command->{pending} = '';
    emit(STDIN_CLOSED, $id, '');
}

sub handle_frame {
    my ($type, $id, $payload) = @_;
    return start_command($id, $payload) if $type == RUN;
    my $command = $commands{$id} or return;
    if ($type == STDIN_DATA) { $command->{pending} .= $payload if $command->{stdin} }
    elsif ($type == STDIN_END) { $command->{input_ended} = 1 }
    elsif ($type == KILL) { kill 'KILL', $command->{supervisor} if $command->{supervisor} }
    close_stdin($id, $command) if $command->{stdin} && $command->{input_ended} && !length $command->{pending};
}

sub read_host {
    my $count = sysread($host_in, $received, CHUNK, length $received);
    return if !defined $count && ($!{EAGAIN} || $!{EINTR});
    # The host is gone: the kernel ends everything in this namespace with its PID 1.
    POSIX::_exit(0) if !$count;
    while (length $received >= 9) {
        my ($length, $type, $id) = unpack('NCN', $received);
        last if length $received < 9 + $length;
        my $payload = substr($received, 9, $length);
        substr($received, 0, 9 + $length, '');
        handle_frame($type, $id, $payload);
    }
}

sub write_host {
    my $count = syswrite($host_out, $to_send, CHUNK);
    if (defined $count) { substr($to_send, 0, $count, '') }
    elsif (!$!{EAGAIN} && !$!{EINTR}) { POSIX::_exit(0) }
}

sub feed_stdin {
    my ($id, $command) = @_;
    my $count = syswrite($command->{stdin}, $command->{pending}, CHUNK);
    if (!defined $count) {
        close_stdin($id, $command) if !$!{EAGAIN} && !$!{EINTR};
        return;
    }
    substr($command->{pending}, 0, $count, '');
    emit(STDIN_TAKEN, $id, pack('N', $count));
    close_stdin($id, $command) if $command->{input_ended} && !length $command->{pending};
}

# Passes on one chunk; true while there may be more at once.
sub forward {
    my ($id, $command, $stream) = @_;
    my $handle = $command->{$stream} or return 0;
    my $count = sysread($handle, my $data, CHUNK);
    if ($count) { emit($stream eq 'stdout' ? STDOUT_DATA : STDERR_DATA, $id, $data); return 1 }
    if (defined $count) { close $handle; $command->{$stream} = undef }
    return 0;
}

sub read_status {
    my ($command) = @_;
    my $count = sysread($command->{status}, my $data, 4);
    return $command->{result} = unpack('N', $data) if $count;
    # The end of the file: the supervisor has exited, or was killed without a word.
    waitpid($command->{supervisor}, 0) if $command->{supervisor};
    $command->{supervisor} = 0;
    $command->{ended} = 1;
}

sub children {
    open(my $list, '<', '/proc/1/task/1/children') or return;
    local $/;
    return split ' ', <$list>;
}

# Kills what ended commands left behind; true when nothing of it is alive.
sub sweep {
    $sweeping_since ||= time;
    my $seconds = time - $sweeping_since;
    # What cannot be killed goes with the namespace.
    POSIX::_exit(1) if $seconds > 8;
    my @live = grep { !$_->{ended} } values %commands;
    my %keep = map { $_->{supervisor} => 1 } @live;
    # Signalling everything at once cannot be outrun by forking, so it is the rule when no command is left, and the last resort.
    my $everything = !(grep { !$_->{is_bridge} } @live) || !$lists_children || $seconds > 3;
    if ($everything) { kill 'KILL', -1 }
    else { kill 'KILL', grep { !$keep{$_} } children() for 1 .. 4 }
    my $reaped;
    while (($reaped = waitpid(-1, POSIX::WNOHANG())) > 0) {
        for (@live) { $_->{supervisor} = 0 if $_->{supervisor} == $reaped }
    }
    return 0 if $reaped == 0 && ($everything || grep { !$keep{$_} } children());
    $sweeping_since = 0;
    return 1;
}

sub report {
    my ($id, $command) = @_;
    for my $stream ('stdout', 'stderr') { 1 while forward($id, $command, $stream) }
    emit(EXIT, $id, pack('NN', $command->{result} >> 8, $command->{result} & 127));
    delete $commands{$id};
}

${bridgeSource}
emit(READY, 0, '');
while (1) {
    my ($readable, $writable) = ('', '');
    vec($readable, fileno($host_in), 1) = 1;
    vec($writable, fileno($host_out), 1) = 1 if length $to_send;
    my $room = length $to_send < HIGH_WATER;
    my $sweeping = 0;
    for my $command (values %commands) {
        if ($command->{ended}) { $sweeping = 1; next }
        vec($readable, fileno($command->{status}), 1) = 1;
        vec($writable, fileno($command->{stdin}), 1) = 1 if $command->{stdin} && length $command->{pending};
        for my $handle (grep { $room && $_ } @$command{qw(stdout stderr)}) { vec($readable, fileno($handle), 1) = 1 }
    }
    next if select($readable, $writable, undef, $sweeping ? 0.001 : undef) < 0;
    write_host() if vec($writable, fileno($host_out), 1);
    for my $id (keys %commands) {
        my $command = $commands{$id};
        next if $command->{ended};
        feed_stdin($id, $command) if $command->{stdin} && vec($writable, fileno($command->{stdin}), 1);
        for my $stream ('stdout', 'stderr') {
            my $handle = $command->{$stream};
            forward($id, $command, $stream) if $handle && vec($readable, fileno($handle), 1);
        }
        read_status($command) if vec($readable, fileno($command->{status}), 1);
    }
    read_host() if vec($readable, fileno($host_in), 1);
    my @ended = grep { $commands{$_}{ended} } keys %commands;
    if (@ended && sweep()) { report($_, $commands{$_}) for @ended }
    write_host() if length $to_send;
}
`;
