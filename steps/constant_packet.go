package steps

// The constants of packet sockets: packet(7), <linux/if_ether.h>, <linux/if_packet.h>.

// etherTypes are the protocols of a packet socket, in the order of the machine.
var etherTypes = ConstantTable{"a protocol of a packet socket", []Constant{
	{0x0800, "ETH_P_IP"}, {0x86dd, "ETH_P_IPV6"}, {0x0806, "ETH_P_ARP"}, {0x0003, "ETH_P_ALL"},
	{0x0001, "ETH_P_802_3"}, {0x0004, "ETH_P_802_2"}, {0x0060, "ETH_P_LOOP"}, {0x9000, "ETH_P_LOOPBACK"},
	{0x8100, "ETH_P_8021Q"}, {0x88a8, "ETH_P_8021AD"}, {0x8035, "ETH_P_RARP"}, {0x8847, "ETH_P_MPLS_UC"},
	{0x8863, "ETH_P_PPP_DISC"}, {0x8864, "ETH_P_PPP_SES"}, {0x888e, "ETH_P_PAE"}, {0x88cc, "ETH_P_LLDP"},
	{0x88b5, "ETH_P_802_EX1"}, {0x88f7, "ETH_P_1588"},
}}

// packetTypes say whom a packet was for.
var packetTypes = ConstantTable{"a type of packet", []Constant{
	{0, "PACKET_HOST"}, {1, "PACKET_BROADCAST"}, {2, "PACKET_MULTICAST"}, {3, "PACKET_OTHERHOST"},
	{4, "PACKET_OUTGOING"}, {5, "PACKET_LOOPBACK"}, {6, "PACKET_USER"}, {7, "PACKET_KERNEL"},
}}

// packetMemberships are the types of PACKET_ADD_MEMBERSHIP.
var packetMemberships = ConstantTable{"a membership of a packet socket", []Constant{
	{1, "PACKET_MR_PROMISC"}, {0, "PACKET_MR_MULTICAST"}, {2, "PACKET_MR_ALLMULTI"}, {3, "PACKET_MR_UNICAST"},
}}

// packetVersions are those of PACKET_VERSION.
var packetVersions = ConstantTable{"a version of packet rings", []Constant{
	{0, "TPACKET_V1"}, {1, "TPACKET_V2"}, {2, "TPACKET_V3"},
}}
