/** Where the sandbox finds the proxies' sockets. */
export const socketsInside = "/heddle/network";

/**
 * Part of the runner's program: joins TCP on the sandbox's own loopback to a proxy's Unix socket, for tools that know
 * only `http_proxy`. Runs in a process of its own, started like a command with the socket's path and the port (0: any
 * free one) as its arguments; prints the port that it listens on.
 */
export const bridgeSource = String.raw`
use Socket;
use constant { MOST_CONNECTIONS => 250, WAITING_CONNECTIONS => 1024 };

my ($listener, $proxy);
# Each end of a connection by its descriptor: its handle and peer; what waits to be written to it; whether it has said
# all; whether it was told that its peer has; whether it is the proxy; whether it has stopped listening.
my %ends;

# Never returns.
sub bridge {
    my ($out, $path, $port) = @_;
    $proxy = pack_sockaddr_un($path);
    socket($listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!\n";
    bind($listener, pack_sockaddr_in($port, INADDR_LOOPBACK)) or die "bind: $!\n";
    listen($listener, WAITING_CONNECTIONS) or die "listen: $!\n";
    do_not_block($listener);
    syswrite($out, (unpack_sockaddr_in(getsockname($listener)))[0] . "\n");
    pass_on() while 1;
}

sub pass_on {
    my ($readable, $writable) = ('', '');
    vec($readable, fileno($listener), 1) = 1 if keys(%ends) < 2 * MOST_CONNECTIONS;
    for my $descriptor (keys %ends) {
        my $end = $ends{$descriptor};
        vec($readable, $descriptor, 1) = 1 if !$end->{ended} && !length $end->{peer}{out};
        vec($writable, $descriptor, 1) = 1 if length $end->{out};
    }
    return if select($readable, $writable, undef, undef) < 0;
    for my $descriptor (keys %ends) {
        my $end = $ends{$descriptor} or next;
        my $goes_on = 1;
        $goes_on = say_to($end) if vec($writable, $descriptor, 1);
        $goes_on = hear($end) if $goes_on && vec($readable, $descriptor, 1);
        part($end) if !$goes_on;
    }
    admit() if vec($readable, fileno($listener), 1);
}

sub admit {
    accept(my $client, $listener) or return;
    socket(my $server, PF_UNIX, SOCK_STREAM, 0) or return;
    connect($server, $proxy) or return;
    my @pair = map { { handle => $_, out => '', ended => 0, told => 0, proxy => 0, deaf => 0 } } $client, $server;
    $pair[1]{proxy} = 1;
    ($pair[0]{peer}, $pair[1]{peer}) = @pair[1, 0];
    for my $end (@pair) {
        do_not_block($end->{handle});
        $ends{fileno $end->{handle}} = $end;
    }
}

# False when the connection is over.
sub hear {
    my ($end) = @_;
    my $peer = $end->{peer};
    my $count = sysread($end->{handle}, $peer->{out}, CHUNK, length $peer->{out});
    if (!defined $count) {
        return 1 if $!{EAGAIN} || $!{EINTR};
        return 0 if !$end->{deaf};
        $count = 0;
    }
    $end->{ended} = 1 if !$count;
    $peer->{out} = '' if $peer->{deaf};
    return say_to($peer);
}

# False when the connection is over.
sub say_to {
    my ($end) = @_;
    if (length $end->{out}) {
        my $count = syswrite($end->{handle}, $end->{out});
        if (!defined $count) {
            return 1 if $!{EAGAIN} || $!{EINTR};
            return 0 if !$end->{proxy};
            # It refused what is still being said; its answer is yet to be passed on.
            @$end{'deaf', 'told', 'out'} = (1, 1, '');
            return 1;
        }
        substr($end->{out}, 0, $count, '');
    }
    if ($end->{peer}{ended} && !$end->{told} && !length $end->{out}) {
        shutdown($end->{handle}, 1);
        $end->{told} = 1;
    }
    return !($end->{told} && $end->{peer}{told});
}

sub part {
    my ($end) = @_;
    my @both = ($end, $end->{peer});
    for my $one (@both) {
        delete $ends{fileno $one->{handle}};
        close $one->{handle};
        # Each keeps the other in memory.
        delete $one->{peer};
    }
}
`;
